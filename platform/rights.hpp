#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// Whose rights a thread acts with.
struct user_rights {
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::vector<uint32_t> groups;
};

/// For the life of this object the calling thread acts with the rights of
/// another user: files it makes and programs it starts are that user's. The
/// other threads keep theirs. Only root can take the rights of others.
class assumed_rights {
public:
  static result<std::unique_ptr<assumed_rights>> take(const user_rights& of);
  ~assumed_rights();
  assumed_rights(const assumed_rights&) = delete;
  assumed_rights& operator=(const assumed_rights&) = delete;

private:
  friend class own_rights;

  assumed_rights(user_rights of, user_rights before)
      : of_{std::move(of)}, before_{std::move(before)} {
  }

  user_rights of_;
  user_rights before_;
};

/// For the life of this object a thread that has assumed rights has those of
/// the program again.
class own_rights {
public:
  own_rights();
  ~own_rights();
  own_rights(const own_rights&) = delete;
  own_rights& operator=(const own_rights&) = delete;

private:
  const assumed_rights* assumed_;
};

} // namespace troupe
