#pragma once

#include "platform/host.hpp"

#include <string>

namespace troupe {

/// The folder for temporary files of a run below `base`; its name says which
/// process it belongs to.
std::string run_folder_path(const std::string& base, const std::string& run);

/// The folder for temporary files of a run; gone with this object. Making it
/// clears what runs left behind that were killed.
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
