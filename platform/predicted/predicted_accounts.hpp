#pragma once

#include "platform/accounts.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// Users and groups that something in a run would have made or removed.
/// Thread-safe.
class predicted_names {
public:
  explicit predicted_names(size_t limit) : limit_{limit} {
  }

  /// Takes it for made, with `own` or a number that `machine` has no account
  /// of. False when there is no room for one more.
  bool add(std::string_view name, bool group, account_database& machine,
           std::optional<uint32_t> own = {});

  /// Tells more of a user who was added: home, shell, group.
  void describe(user_account who);
  /// As told; else what most users have.
  user_account described(std::string name, uint32_t number) const;

  /// Takes it for removed; forgotten when there is no room for one more.
  void remove(std::string_view name, bool group);
  bool is_removed(std::string_view name, bool group) const;

  std::optional<uint32_t> number(std::string_view name, bool group) const;
  std::optional<std::string> name(uint32_t number, bool group) const;

private:
  using numbers = std::map<std::string, uint32_t, std::less<>>;

  // Above what systems give to people and programs.
  std::atomic<uint32_t> next_ = 4'000'000'000;
  mutable std::mutex mutex_;
  size_t limit_;
  numbers users_;
  numbers groups_;
  std::map<std::string, user_account, std::less<>> described_;
  std::set<std::pair<std::string, bool>> removed_;
};

/// The accounts of a machine and those that are predicted.
class predicted_accounts final : public account_database {
public:
  predicted_accounts(account_database& machine, predicted_names& names)
      : machine_{machine}, names_{names} {
  }

  std::optional<user_account> user(std::string_view name) override;
  std::optional<user_account> user(uint32_t uid) override;
  std::optional<group_account> group(std::string_view name) override;
  std::optional<group_account> group(uint32_t gid) override;
  std::vector<uint32_t> groups_of(const user_account& user) override;
  uint32_t effective_uid() override;
  uint32_t effective_gid() override;
  result<std::unique_ptr<assumed_rights>>
  act_as(const user_rights& of) override;

private:
  account_database& machine_;
  predicted_names& names_;
};

} // namespace troupe
