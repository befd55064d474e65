#pragma once

#include "platform/host.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// Where folders for temporary files are made that other users have to reach.
inline constexpr const char* users_base = "/tmp";

/// The folder for temporary files of a run below `base`; its name says which
/// process it belongs to.
std::string run_folder_path(host& machine, const std::string& base,
                            const std::string& run);

/// Makes a folder below `base` with a name that nobody can foresee; `what` and
/// the number of the process are part of it. Only the owner may enter it.
result<std::string> make_folder_in(host& machine, const std::string& base,
                                   std::string_view what);

/// Removes what processes left in `base` that were killed: as root whoever owns
/// it.
void clear_leftovers(host& machine, const std::string& base);

/// Removes such a folder with all that is in it, whoever put it there. What
/// cannot be removed is left to the next start.
void remove_folder(host& machine, const std::string& path);

/// The folder for temporary files of a run; gone with this object. Making it
/// clears what runs left behind that were killed, here and in `users_base`:
/// as root whoever owns it.
class run_folder {
public:
  run_folder(host& machine, std::string path);
  ~run_folder();
  run_folder(const run_folder&) = delete;
  run_folder& operator=(const run_folder&) = delete;

  const std::string& path() const {
    return path_;
  }

  const result<void>& made() const {
    return made_;
  }

private:
  host& machine_;
  std::string path_;
  result<void> made_;
};

} // namespace troupe
