#include "actors/state/undo_recorder.hpp"

// What only looks is not recorded.

namespace troupe {

result<std::optional<file_status>>
recording_files::status(const std::string& path, bool follow) {
  return files_.status(path, follow);
}

result<std::string> recording_files::read(const std::string& path,
                                          size_t limit) {
  return files_.read(path, limit);
}

result<std::string> recording_files::read_stream(const std::string& path,
                                                 size_t limit) {
  return files_.read_stream(path, limit);
}

result<std::string> recording_files::read_link(const std::string& path) {
  return files_.read_link(path);
}

result<std::vector<std::string>>
recording_files::list(const std::string& path) {
  return files_.list(path);
}

result<std::string> recording_files::real_path(const std::string& path) {
  return files_.real_path(path);
}

std::string recording_files::working_folder() {
  return files_.working_folder();
}

bool recording_files::access(const std::string& path, std::string_view how) {
  return files_.access(path, how);
}

uint32_t recording_files::umask() {
  return files_.umask();
}

std::vector<std::string> recording_files::glob(const std::string& pattern) {
  return files_.glob(pattern);
}

bool recording_files::holds(const std::string& path, std::string_view content) {
  return files_.holds(path, content);
}

result<std::string> recording_files::read_start(const std::string& path,
                                                size_t length) {
  return files_.read_start(path, length);
}

bool recording_files::starts_with(const std::string& path,
                                  std::string_view mark) {
  return files_.starts_with(path, mark);
}

result<std::string> recording_files::flags(const std::string& path) {
  return files_.flags(path);
}

result<std::vector<extended_attribute>>
recording_files::extended_attributes(const std::string& path) {
  return files_.extended_attributes(path);
}

std::string recording_files::unused_beside(const std::string& path) {
  return files_.unused_beside(path);
}

bool recording_files::labels_files() {
  return files_.labels_files();
}

result<std::string> recording_files::label(const std::string& path) {
  return files_.label(path);
}

result<std::string> recording_files::digest(const std::string& path,
                                            std::string_view algorithm) {
  return files_.digest(path, algorithm);
}

} // namespace troupe
