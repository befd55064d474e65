#pragma once

#include "config/inventory/inventory.hpp"
#include "config/playbook/playbook_setting.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// The hosts of an inventory, within a limit.
class inventory_hosts final : public playbook_hosts {
public:
  /// `limit`: what `inventory::read_limit` made of it; empty: none.
  /// `again` reads the sources once more.
  inventory_hosts(inventory from, std::vector<std::string> limit,
                  std::function<result<inventory>()> again = {})
      : from_{std::move(from)}, limit_{std::move(limit)}, again_{
                                                            std::move(again)} {
  }

  result<std::vector<std::string>>
  chosen(const std::vector<std::string>& patterns) override;
  std::vector<std::string>
  unmatched(const std::vector<std::string>& patterns) override;
  result<std::vector<dict>>
  names_of(const std::string& host,
           const std::string& playbook_folder) override;
  std::vector<error>
  unreadable_files(const std::vector<std::string>& hosts,
                   const std::string& playbook_folder) override {
    return from_.unreadable_files(hosts, playbook_folder);
  }
  std::vector<stray_variables>
  stray_files(const std::set<std::string>& playbook_folders) override {
    return from_.stray_files(playbook_folders);
  }
  dict groups() override;
  result<void> add_host(const std::string& name, const dict& vars) override;
  result<void> join(const std::string& group, const std::string& host) override;
  result<void> refresh() override;
  std::vector<std::string> take_warnings() override;

  /// What is strange besides in what the hosts were chosen by.
  void warn_of(std::vector<std::string> strange) {
    strange_ = std::move(strange);
  }

private:
  result<void> put(const std::string& group, const std::string& host);

  inventory from_;
  std::vector<std::string> limit_;
  std::function<result<inventory>()> again_;
  std::vector<std::string> strange_;
  // What the run has added, in its order.
  std::vector<std::pair<std::string, dict>> added_;
  std::vector<std::pair<std::string, std::string>> joined_;
};

} // namespace troupe
