#pragma once

#include <cstdint>
#include <vector>

namespace troupe {

/// Whose rights a thread acts with.
struct user_rights {
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::vector<uint32_t> groups;
};

/// For the life of this object the thread that made it acts with the rights of
/// another user: files it makes and programs it starts are that user's. The
/// other threads keep theirs, and that user's programs can do nothing to this
/// one. See `account_database::act_as`.
class assumed_rights {
public:
  assumed_rights() = default;
  virtual ~assumed_rights() = default;
  assumed_rights(const assumed_rights&) = delete;
  assumed_rights& operator=(const assumed_rights&) = delete;
};

/// For the life of this object a thread that has assumed rights has those of
/// the program again; nothing happens on a thread that has not.
class own_rights {
public:
  own_rights();
  ~own_rights();
  own_rights(const own_rights&) = delete;
  own_rights& operator=(const own_rights&) = delete;

private:
  // Whose rights come back; null: nobody's.
  const user_rights* assumed_;
};

/// Whether the calling thread has assumed rights.
bool acts_for_another();

} // namespace troupe
