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
  /// The numbers of accounts of which nobody knows the number begin here, above
  /// what systems give to people and programs.
  static constexpr uint32_t first_invented = 4'000'000'000;

  explicit predicted_names(size_t limit) : limit_{limit} {
  }

  /// Takes it for made, with `own` or a number that `machine` has no account
  /// of. False when there is no room for one more.
  bool add(std::string_view name, bool group, account_database& machine,
           std::optional<uint32_t> own = {});

  /// Tells more of a user, who was added or is there: home, shell, group.
  void describe(user_account who);
  /// As told; absent: nothing was.
  std::optional<user_account> described(std::string_view name) const;

  /// Takes it for removed; forgotten when there is no room for one more.
  void remove(std::string_view name, bool group);
  bool is_removed(std::string_view name, bool group) const;

  std::optional<uint32_t> number(std::string_view name, bool group) const;
  std::optional<std::string> name(uint32_t number, bool group) const;

private:
  using numbers = std::map<std::string, uint32_t, std::less<>>;

  std::atomic<uint32_t> next_ = first_invented;
  mutable std::mutex mutex_;
  size_t limit_;
  numbers users_;
  numbers groups_;
  std::map<std::string, user_account, std::less<>> described_;
  std::set<std::pair<std::string, bool>> removed_;
};

class predicted_files;

/// The accounts of a machine and those that are predicted. Used by one thread.
class predicted_accounts final : public account_database {
public:
  predicted_accounts(account_database& machine, predicted_names& names)
      : machine_{machine}, names_{names} {
  }

  /// Whom a task has written into /etc/passwd or /etc/group is one, too.
  void read_from(predicted_files& files) {
    files_ = &files;
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
  using fields = std::vector<std::string>;

  /// The first line of a file of accounts that has `text` in one of its fields;
  /// only where a task has changed that file.
  std::optional<fields> written(const char* path, size_t field,
                                std::string_view text);

  account_database& machine_;
  predicted_names& names_;
  predicted_files* files_ = nullptr;
  /// To read a file may take asking for accounts.
  bool reading_ = false;
};

} // namespace troupe
