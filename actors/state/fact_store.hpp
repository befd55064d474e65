#pragma once

#include "config/value/value.hpp"
#include "platform/host.hpp"
#include "platform/result.hpp"

#include <memory>
#include <string>

namespace troupe {

class ansible_settings;

/// The facts of hosts between runs of playbooks: Ansible's cache `jsonfile`,
/// one file for each host. May be used from any thread, and blocks as long as a
/// disk does.
class fact_store {
public:
  /// What the settings want; null: facts end with the run. An error is a cache
  /// that is not there, or one without a folder.
  static result<std::shared_ptr<const fact_store>>
  of(const ansible_settings& from, std::shared_ptr<host> machine);

  /// What is known of a host, marked as coming from it; empty: nothing, or
  /// nothing that is young enough and can be read.
  dict load(const std::string& host_name) const;

  /// Replaces what is known of it.
  result<void> save(const std::string& host_name, const dict& facts) const;

  void forget(const std::string& host_name) const;

private:
  /// Empty: a host of this name has no file.
  std::string path_of(const std::string& host_name) const;

  std::shared_ptr<host> machine_;
  // With what all names begin with.
  std::string stem_;
  std::chrono::seconds most_{0};
};

} // namespace troupe
