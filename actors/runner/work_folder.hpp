#pragma once

#include "platform/host.hpp"
#include "platform/result.hpp"

#include <memory>
#include <string>

namespace troupe {

/// A private folder for the files of a payload while its plan runs; gone with
/// this object. What a killed runner leaves, the next run in the same state
/// folder clears, because its name follows that of a run's own folder.
class work_folder {
public:
  /// Makes the folder below `base`, which is made too if it is missing.
  static result<std::unique_ptr<work_folder>> make(host& machine,
                                                   const std::string& base);
  ~work_folder();
  work_folder(const work_folder&) = delete;
  work_folder& operator=(const work_folder&) = delete;

  const std::string& path() const {
    return path_;
  }

private:
  work_folder(host& machine, std::string path)
      : machine_{machine}, path_{std::move(path)} {
  }

  host& machine_;
  std::string path_;
};

/// Where a runner keeps state when nobody says: /var/lib/troupe for root,
/// otherwise below XDG_STATE_HOME or HOME; /tmp when there is neither.
std::string default_state_folder(host& machine);

/// Makes a folder and those above it, for the owner only.
result<void> make_state_folders(host& machine, const std::string& path);

} // namespace troupe
