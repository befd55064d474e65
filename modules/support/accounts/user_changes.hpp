#pragma once

#include "modules/module.hpp"
#include "modules/support/accounts/account_tools.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// How a task of `user` wants an account to be, and the programs that make it
/// so.
class user_changes {
public:
  user_changes(const arguments& args, const module_context& ctx,
               account_tools& tools)
      : args_{args}, ctx_{ctx}, tools_{tools}, name_{args.text("name")} {
  }

  /// Reads what can be wrong: numbers, groups that are not there.
  result<void> read();

  // False when a program failed.
  /// `home`: the program makes that too.
  bool create(bool home);
  bool modify(const user_account& now);
  bool remove();

  /// The days between which a password has to be changed.
  bool set_ages();

private:
  using words = std::vector<std::string>;

  bool uses_libuser() const {
    return args_.flag("local");
  }

  std::string tool(const char* name) const {
    return std::string{uses_libuser() ? "l" : ""} + name;
  }

  bool run(words argv, tool_terms terms = {});
  bool set_password(bool locked);
  bool set_expiry(int64_t day);
  void predict_expiry() const;
  bool set_local_groups(const std::set<std::string>& added,
                        const std::set<std::string>& gone);
  void add_home(words& argv, bool home) const;
  void change_fields(words& argv, const user_account& now) const;
  bool change_groups(words& argv, std::set<std::string>& added,
                     std::set<std::string>& gone) const;
  bool changes_expiry(const std::optional<int64_t>& present) const;

  const arguments& args_;
  const module_context& ctx_;
  account_tools& tools_;
  std::string name_;
  /// The wanted groups but for the first one; absent: as they are.
  std::optional<std::set<std::string>> groups_;
  std::optional<group_account> first_group_;
  /// -1: never.
  std::optional<int64_t> expires_;
};

} // namespace troupe
