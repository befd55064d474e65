#include "platform/predicted/predicted_files.hpp"

namespace troupe {

// What programs would make, and what they would find.

void predicted_files::expect_folder(const std::string& path) {
  std::lock_guard guard{tree_.lock()};
  if (tree_.empty() || passes(path))
    return;
  auto at = find(path, true);
  if (!at || !at->file || !at->file->vague
      || at->status->kind == file_kind::directory)
    return;
  auto& file = *at->file;
  file.status.kind = file_kind::directory;
  file.status.mode = 0777 & ~umask();
  file.fresh = true;
}

bool predicted_files::predicts(const std::string& path) {
  std::lock_guard guard{tree_.lock()};
  if (tree_.empty() || passes(path))
    return false;
  auto at = find(path, true);
  return at
         && (at->file || (at->predicted && !at->status)
             || tree_.has_below(at->path));
}

bool predicted_files::is_vague(const std::string& path) {
  std::lock_guard guard{tree_.lock()};
  if (tree_.empty() || passes(path))
    return false;
  auto at = find(path, true);
  return at && at->file && at->file->vague;
}

bool predicted_files::differs(const std::string& path, bool below) {
  std::lock_guard guard{tree_.lock()};
  if (tree_.empty() || passes(path))
    return false;
  auto at = find(path, true);
  auto real = machine_.status(path, true);
  if (!at || !real)
    return static_cast<bool>(at) != static_cast<bool>(real);
  if (!at->status || !*real)
    return at->status.has_value() != real->has_value();
  if (below && tree_.has_below(at->path))
    return true;
  if (!at->file)
    return !is_same_file(*at->status, **real);
  if (at->status->kind != (*real)->kind)
    return true;
  return at->status->kind == file_kind::directory
           ? at->file->fresh
           : at->file->content_at != at->path;
}

void predicted_files::expect_file(const std::string& path,
                                  const file_attributes& as, uint64_t size,
                                  file_time modified) {
  std::lock_guard guard{tree_.lock()};
  auto at = find(path, false);
  if (!at || passes(path))
    return;
  if (!at->has_folder) {
    claim(folder_of(at->path));
    at = find(path, false);
    if (!at || !at->has_folder)
      return;
  }
  if (at->status && at->status->kind == file_kind::directory)
    return;
  expect_folder(folder_of(at->path));
  auto made = make(file_kind::regular, as.mode.value_or(0666 & ~umask()), *at);
  auto& s = made->status;
  s.uid = as.uid.value_or(s.uid);
  s.gid = as.gid.value_or(s.gid);
  s.size = size;
  s.modified_at = modified;
  s.modified = to_seconds(modified);
  static_cast<void>(tree_.put(at->path, {std::move(made), at->machine}));
}

void predicted_files::claim(const std::string& path) {
  std::lock_guard guard{tree_.lock()};
  auto at = find(path, false);
  if (!at || at->status || passes(path))
    return;
  // Whatever makes it may make its folder, too.
  if (!at->has_folder) {
    claim(folder_of(at->path));
    at = find(path, false);
    if (!at || at->status || !at->has_folder)
      return;
  }
  expect_folder(folder_of(at->path));
  auto made = make(file_kind::regular, 0666 & ~umask(), *at);
  made->vague = true;
  made->bytes = tree_.keep("");
  static_cast<void>(tree_.put(at->path, {std::move(made), at->machine}));
}

} // namespace troupe
