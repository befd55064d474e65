#include "actors/state/undo_recorder.hpp"

#include "platform/rights.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

const char* kind_name(file_kind kind) {
  switch (kind) {
  case file_kind::regular:
    return "file";
  case file_kind::directory:
    return "directory";
  case file_kind::symlink:
    return "link";
  default:
    return "special";
  }
}

} // namespace

void recording_files::keep_content(const std::string& path,
                                   const file_status& now, extent what,
                                   undo_entry& entry) {
  auto name = fmt::format("{}", store_.next.fetch_add(1));
  auto to = fmt::format("{}/{}", store_.folder, name);
  // The old file itself, under a second name, costs nothing. One that is
  // written to in place, or has other names already, would change under it.
  if (what == extent::whole && now.links == 1
      && files_.make_hard_link(path, to)) {
    entry.kept = name;
    return;
  }
  if (now.size > store_.copy_limit) {
    entry.lost
      = fmt::format("its content of {} bytes was too large to keep", now.size);
    return;
  }
  auto copied = files_.replace_from(to, path, {.mode = 0600}, {});
  if (copied)
    entry.kept = name;
  else
    entry.lost = "its content could not be kept: " + copied.why().message;
}

result<void> recording_files::note(const std::string& path, extent what) {
  if (!unrecorded_.empty() && path.starts_with(unrecorded_ + "/"))
    return {};
  // The undo log belongs to the run, whomever the task acts for.
  own_rights own;
  store_.note(task_);
  undo_entry entry;
  entry.task = task_;
  entry.path = path;
  if (!path.starts_with('/'))
    if (auto here = files_.real_path("."))
      entry.path = *here + "/" + path;
  entry.whole = what != extent::attributes;
  auto now = files_.status(path, false);
  if (!now)
    return now.why();
  if (!*now) {
    entry.kind = "absent";
    entry.whole = true;
    return store_.log->changing(entry);
  }
  auto& old = **now;
  entry.kind = kind_name(old.kind);
  entry.mode = old.mode;
  entry.uid = old.uid;
  entry.gid = old.gid;
  entry.modified = old.modified;
  if (old.kind == file_kind::symlink)
    if (auto target = files_.read_link(path))
      entry.target = *target;
  if (entry.whole && old.kind == file_kind::regular)
    keep_content(path, old, what, entry);
  return store_.log->changing(entry);
}

result<void> recording_files::note_target(const std::string& path,
                                          extent what) {
  auto now = files_.status(path, false);
  if (!now)
    return now.why();
  if (!*now || (*now)->kind != file_kind::symlink)
    return note(path, what);
  // A link that leads nowhere is all there is to know.
  auto target = files_.real_path(path);
  return note(target ? *target : path, what);
}

result<void> recording_files::note_tree(const std::string& path) {
  auto now = files_.status(path, false);
  if (now && *now && (*now)->kind == file_kind::directory) {
    auto names = files_.list(path);
    if (!names)
      return names.why();
    for (auto& name : *names)
      if (auto noted = note_tree(fmt::format("{}/{}", path, name)); !noted)
        return noted;
  }
  return note(path, extent::whole);
}

result<void> recording_files::replace(
  const std::string& path, std::string_view content,
  const file_attributes& wanted,
  const std::function<result<void>(const std::string&)>& validate) {
  auto noted
    = note(path, wanted.in_place_if_needed ? extent::in_place : extent::whole);
  return noted ? files_.replace(path, content, wanted, validate) : noted;
}

result<void> recording_files::replace_from(
  const std::string& path, const std::string& source,
  const file_attributes& wanted,
  const std::function<result<void>(const std::string&)>& validate) {
  auto noted
    = note(path, wanted.in_place_if_needed ? extent::in_place : extent::whole);
  return noted ? files_.replace_from(path, source, wanted, validate) : noted;
}

result<void> recording_files::write_output(const std::string& path,
                                           std::string_view content) {
  auto noted = note_target(path, extent::in_place);
  return noted ? files_.write_output(path, content) : noted;
}

result<void> recording_files::dress(const std::string& path,
                                    const file_status& expected,
                                    const file_dress& wanted) {
  auto noted = note(path, extent::attributes);
  return noted ? files_.dress(path, expected, wanted) : noted;
}

result<void> recording_files::make_directory(const std::string& path,
                                             uint32_t mode) {
  auto noted = note(path, extent::whole);
  return noted ? files_.make_directory(path, mode) : noted;
}

result<void> recording_files::remove(const std::string& path) {
  auto noted = note(path, extent::whole);
  return noted ? files_.remove(path) : noted;
}

result<void> recording_files::remove_all(const std::string& path) {
  auto noted = note_tree(path);
  return noted ? files_.remove_all(path) : noted;
}

result<void> recording_files::rename(const std::string& from,
                                     const std::string& to) {
  auto noted = note(to, extent::whole);
  if (noted)
    noted = note(from, extent::whole);
  return noted ? files_.rename(from, to) : noted;
}

result<void> recording_files::make_symlink(const std::string& target,
                                           const std::string& path) {
  auto noted = note(path, extent::whole);
  return noted ? files_.make_symlink(target, path) : noted;
}

result<void> recording_files::make_hard_link(const std::string& target,
                                             const std::string& path) {
  auto noted = note(path, extent::whole);
  return noted ? files_.make_hard_link(target, path) : noted;
}

result<void> recording_files::set_mode(const std::string& path, uint32_t mode) {
  auto noted = note_target(path, extent::attributes);
  return noted ? files_.set_mode(path, mode) : noted;
}

result<void> recording_files::set_owner(const std::string& path,
                                        std::optional<uint32_t> uid,
                                        std::optional<uint32_t> gid,
                                        bool follow) {
  auto noted = follow ? note_target(path, extent::attributes)
                      : note(path, extent::attributes);
  return noted ? files_.set_owner(path, uid, gid, follow) : noted;
}

result<void> recording_files::set_times(const std::string& path,
                                        std::optional<file_time> accessed,
                                        std::optional<file_time> modified,
                                        bool follow) {
  auto noted = follow ? note_target(path, extent::attributes)
                      : note(path, extent::attributes);
  return noted ? files_.set_times(path, accessed, modified, follow) : noted;
}

result<void> recording_files::touch(const std::string& path, uint32_t mode) {
  auto noted = note_target(path, extent::attributes);
  return noted ? files_.touch(path, mode) : noted;
}

result<void> recording_files::set_flags(const std::string& path,
                                        const std::string& flags) {
  auto noted = note(path, extent::attributes);
  return noted ? files_.set_flags(path, flags) : noted;
}

result<void> recording_files::set_label(const std::string& path,
                                        const std::string& label) {
  auto noted = note(path, extent::attributes);
  return noted ? files_.set_label(path, label) : noted;
}

// What follows only looks.

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
