#pragma once

#include "config/inventory/inventory.hpp"
#include "config/playbook/playbook_setting.hpp"

#include <string>
#include <vector>

namespace troupe {

/// The hosts of an inventory, within a limit.
class inventory_hosts final : public playbook_hosts {
public:
  /// `limit`: what `inventory::read_limit` made of it; empty: none.
  inventory_hosts(inventory from, std::vector<std::string> limit)
      : from_{std::move(from)}, limit_{std::move(limit)} {
  }

  result<std::vector<std::string>>
  chosen(const std::vector<std::string>& patterns) override;
  result<std::vector<dict>>
  names_of(const std::string& host,
           const std::string& playbook_folder) override;
  dict groups() override;
  std::vector<std::string> take_warnings() override {
    return from_.take_warnings();
  }

private:
  inventory from_;
  std::vector<std::string> limit_;
};

} // namespace troupe
