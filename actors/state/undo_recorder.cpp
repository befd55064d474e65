#include "actors/state/undo_recorder.hpp"

#include "actors/state/undo_torn.hpp"
#include "platform/crypto.hpp"
#include "platform/rights.hpp"

namespace troupe {

namespace {

std::string sha256_of(std::string_view content) {
  sha256 sum;
  sum.update(content);
  return to_hex(sum.finish());
}

} // namespace

template <class Change>
result<void> recording_files::recorded(const std::string& path, extent what,
                                       undo_after after, Change change,
                                       uint64_t length) {
  if (is_unrecorded(path))
    return change();
  auto before = note(path, what, std::move(after));
  if (!before)
    return before.why();
  auto kept = what == extent::in_place ? kept_of(*before) : std::string{};
  if (!kept.empty()) {
    own_rights own;
    if (auto noted = note_in_place(files_, kept, in_place_writer::run,
                                   *before->was, length);
        !noted)
      return noted;
  }
  auto done = change();
  if (!done) {
    forget_untouched(*before);
  } else if (!kept.empty()) {
    own_rights own;
    forget_in_place(files_, kept);
  }
  return done;
}

result<void> recording_files::replace(
  const std::string& path, std::string_view content,
  const file_attributes& wanted,
  const std::function<result<void>(const std::string&)>& validate) {
  auto after = after_replacing(path, wanted);
  after.digest = sha256_of(content);
  return recorded(
    path, wanted.in_place_if_needed ? extent::in_place : extent::whole,
    std::move(after),
    [&] { return files_.replace(path, content, wanted, validate); },
    content.size());
}

result<void> recording_files::replace_from(
  const std::string& path, const file_source& source,
  const file_attributes& wanted,
  const std::function<result<void>(const std::string&)>& validate) {
  auto after = after_replacing(path, wanted);
  if (auto sum = files_.digest(source.path, "sha256"))
    after.digest = *sum;
  auto from = files_.status(source.path, true);
  auto length = from && *from ? (*from)->size : 0;
  return recorded(
    path, wanted.in_place_if_needed ? extent::in_place : extent::whole,
    std::move(after),
    [&] { return files_.replace_from(path, source, wanted, validate); },
    length);
}

result<void> recording_files::write_output(const std::string& path,
                                           std::string_view content) {
  return recorded(
    target_of(path), extent::in_place,
    {.kind = "file", .digest = sha256_of(content)},
    [&] { return files_.write_output(path, content); }, content.size());
}

result<void> recording_files::dress(const std::string& path,
                                    const file_status& expected,
                                    const file_dress& wanted) {
  return recorded(path, extent::owner,
                  {.kind = "same",
                   .mode = wanted.mode,
                   .uid = wanted.uid,
                   .gid = wanted.gid,
                   .modified = wanted.modified,
                   .flags = wanted.flags,
                   .attributes = wanted.attributes},
                  [&] { return files_.dress(path, expected, wanted); });
}

result<void> recording_files::make_directory(const std::string& path,
                                             uint32_t mode) {
  return recorded(path, extent::whole, {.kind = "directory"},
                  [&] { return files_.make_directory(path, mode); });
}

result<void> recording_files::remove(const std::string& path) {
  return recorded(path, extent::whole, {.kind = "absent"},
                  [&] { return files_.remove(path); });
}

result<void> recording_files::remove_all(const std::string& path) {
  if (is_unrecorded(path))
    return files_.remove_all(path);
  std::vector<noted> all;
  // A link that is put in the way of the walk is not followed.
  auto& walk = strict_ ? *strict_ : *this;
  auto done = walk.note_tree(settled(path), all);
  if (done)
    done = files_.remove_all(path);
  if (done)
    return done;
  for (auto& each : all)
    forget_untouched(each);
  return done;
}

result<void> recording_files::rename(const std::string& from,
                                     const std::string& to) {
  auto moved = files_.status(from, false);
  if (!moved)
    return moved.why();
  undo_after after;
  if (*moved) {
    after.kind = kind_name((*moved)->kind);
    after.inode = (*moved)->inode;
    after.born = (*moved)->born_at;
  }
  if ((*moved) && (*moved)->kind == file_kind::symlink)
    if (auto target = files_.read_link(from))
      after.target = *target;
  // What was made to be put there never was at its own place.
  if (made_.erase(settled(from)) > 0)
    return recorded(to, extent::whole, std::move(after),
                    [&] { return files_.rename(from, to); });
  return recorded(to, extent::whole, std::move(after), [&] {
    return recorded(from, extent::whole, {.kind = "absent"},
                    [&] { return files_.rename(from, to); });
  });
}

result<void> recording_files::make_symlink(const std::string& target,
                                           const std::string& path) {
  return recorded(path, extent::whole, {.kind = "link", .target = target},
                  [&] { return files_.make_symlink(target, path); });
}

result<void> recording_files::make_hard_link(const std::string& target,
                                             const std::string& path) {
  undo_after after{.kind = "file"};
  if (auto linked = files_.status(target, false); linked && *linked) {
    after.kind = kind_name((*linked)->kind);
    after.inode = (*linked)->inode;
    after.born = (*linked)->born_at;
  }
  return recorded(path, extent::whole, std::move(after),
                  [&] { return files_.make_hard_link(target, path); });
}

result<void> recording_files::set_mode(const std::string& path, uint32_t mode) {
  return recorded(path, extent::attributes, {.kind = "same", .mode = mode},
                  [&] { return files_.set_mode(path, mode); });
}

result<void> recording_files::set_owner(const std::string& path,
                                        std::optional<uint32_t> uid,
                                        std::optional<uint32_t> gid,
                                        bool follow) {
  return recorded(follow ? target_of(path) : path, extent::owner,
                  {.kind = "same", .uid = uid, .gid = gid},
                  [&] { return files_.set_owner(path, uid, gid, follow); });
}

result<void> recording_files::set_times(const std::string& path,
                                        std::optional<file_time> accessed,
                                        std::optional<file_time> modified,
                                        bool follow) {
  return recorded(follow ? target_of(path) : path, extent::attributes,
                  {.kind = "same", .modified = modified}, [&] {
                    return files_.set_times(path, accessed, modified, follow);
                  });
}

result<void> recording_files::touch(const std::string& path, uint32_t mode) {
  auto target = target_of(path);
  auto there = files_.status(target, false);
  undo_after after{.kind = "same"};
  if (there && !*there)
    after = {.kind = "file", .digest = sha256_of("")};
  return recorded(target, extent::attributes, std::move(after),
                  [&] { return files_.touch(path, mode); });
}

result<void> recording_files::set_flags(const std::string& path,
                                        const std::string& flags) {
  return recorded(path, extent::flags, {.kind = "same", .flags = flags},
                  [&] { return files_.set_flags(path, flags); });
}

result<void> recording_files::set_label(const std::string& path,
                                        const std::string& label) {
  return recorded(path, extent::owner, {.kind = "same"},
                  [&] { return files_.set_label(path, label); });
}

} // namespace troupe
