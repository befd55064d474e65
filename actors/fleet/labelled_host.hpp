#pragma once

#include "config/playbook/playbook_setting.hpp"

#include <string>
#include <vector>

namespace troupe {

/// A host of a fleet as its playbooks see it: its name, and its labels as
/// groups. All others are elsewhere.
class labelled_host final : public playbook_hosts {
public:
  labelled_host(std::string name, std::vector<std::string> labels)
      : name_{std::move(name)}, labels_{std::move(labels)} {
  }

  result<std::vector<std::string>>
  chosen(const std::vector<std::string>& patterns) override;
  result<std::vector<dict>> names_of(const std::string& host,
                                     const std::string& folder) override;
  dict groups() override;
  /// Another host is elsewhere: plays for it have nothing to do here.
  result<void> add_host(const std::string&, const dict&) override {
    return {};
  }
  result<void> join(const std::string& group, const std::string& host) override;
  result<void> refresh() override {
    return {};
  }

private:
  std::string name_;
  std::vector<std::string> labels_;
};

} // namespace troupe
