#pragma once

#include "actors/run/job.hpp"
#include "platform/host.hpp"

#include <memory>
#include <string>

namespace troupe {

/// The call of a module as another user, for `become`. As root the calling
/// thread takes that user's rights. Otherwise an engine of that user's does it:
/// see `only_by_engine`. Where there is none to ask, programs are started
/// through `sudo -n`, and what a module does itself, with files, is not
/// possible.
class other_user {
public:
  /// An error when there is no such user, or no way to act as that user.
  static result<std::unique_ptr<other_user>> become(const job& what,
                                                    host& machine);

  /// Whether it is done with the rights of another user, which only root may
  /// take.
  static bool takes_rights(const job& what, host& machine);

  /// Whether an engine of that user's has to do it, which sudo starts: only
  /// that one can end what was started, whatever becomes of this process.
  static bool only_by_engine(const job& what, host& machine);

  ~other_user();
  other_user(const other_user&) = delete;
  other_user& operator=(const other_user&) = delete;

  /// The host to act on.
  host& machine() {
    return *machine_;
  }

  /// HOME, USER and LOGNAME of the user, where sudo does not set them.
  const std::vector<std::pair<std::string, std::string>>& environment() const {
    return environment_;
  }

  /// A folder for temporary files of that user; empty: the usual one.
  const std::string& temporary_directory() const {
    return temporary_;
  }

private:
  explicit other_user(host& machine) : machine_{&machine} {
  }

  result<void> take_rights(const user_account& account);
  result<void> use_sudo(const job& what, const user_account& account);

  host* machine_;
  std::unique_ptr<host> through_sudo_;
  std::unique_ptr<assumed_rights> rights_;
  std::vector<std::pair<std::string, std::string>> environment_;
  std::string temporary_;
};

} // namespace troupe
