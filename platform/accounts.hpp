#pragma once

#include "platform/result.hpp"
#include "platform/rights.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

struct user_account {
  std::string name;
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::string gecos;
  std::string home;
  std::string shell;
};

struct group_account {
  std::string name;
  uint32_t gid = 0;
  std::vector<std::string> members;
};

/// Users and groups by name and number. Reads the files of the host first and
/// asks `getent` for accounts that are not in them, so that no foreign
/// resolver library is ever loaded into this process.
class account_database {
public:
  virtual ~account_database() = default;

  virtual std::optional<user_account> user(std::string_view name) = 0;
  virtual std::optional<user_account> user(uint32_t uid) = 0;
  virtual std::optional<group_account> group(std::string_view name) = 0;
  virtual std::optional<group_account> group(uint32_t gid) = 0;

  /// The numbers of all groups that the user is in, the first one included.
  virtual std::vector<uint32_t> groups_of(const user_account& user) = 0;

  /// The account this program runs as, or the one that the calling thread
  /// acts for.
  virtual uint32_t effective_uid() = 0;
  virtual uint32_t effective_gid() = 0;

  /// Lets the calling thread act with the rights of another user for the life
  /// of the answer, which must end on the same thread. Only root can.
  virtual result<std::unique_ptr<assumed_rights>> act_as(const user_rights& of)
    = 0;
};

} // namespace troupe
