#include "actors/state/undo_recorder.hpp"
#include "actors/state/undo_torn.hpp"
#include "platform/rights.hpp"
#include "platform/set_id.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

// What a path is, before it changes.

namespace troupe {

namespace {

bool names_secret(const undo_entry& entry, const redactor& secrets) {
  auto finds = [&](std::string_view text) { return secrets.finds(text); };
  if (finds(entry.path) || finds(entry.target) || finds(entry.after.target)
      || finds(entry.kept.lost))
    return true;
  auto in_attributes = [&](auto& all) {
    return all && std::any_of(all->begin(), all->end(), [&](auto& each) {
             return finds(each.name) || finds(each.content);
           });
  };
  return in_attributes(entry.attributes)
         || in_attributes(entry.after.attributes);
}

/// The number that a kept content is called by; nothing when it is called
/// otherwise.
std::optional<uint64_t> number_in(const std::string& name) {
  uint64_t out = 0;
  auto* end = name.data() + name.size();
  auto [at, failed] = std::from_chars(name.data(), end, out);
  bool is_one = failed == std::errc{} && at == end
                && out != std::numeric_limits<uint64_t>::max();
  return is_one ? std::optional{out} : std::nullopt;
}

} // namespace

result<void> undo_store::changing(undo_entry entry, bool unread) {
  note(entry.task);
  if (unread) {
    entry.unread.emplace();
  } else if (secrets) {
    // What was given a secret may have divided it.
    auto& wider = secrets->wider();
    if (names_secret(entry, wider)) {
      auto& shown = entry.unread.emplace().shown = entry.path;
      wider.hide_in(shown);
    }
  }
  return log->changing(entry);
}

void undo_store::go_on_after(const std::vector<undo_entry>& changes,
                             file_system& files) {
  // Numbers are given before their records are there: the record of one may be
  // missing while that of a later one is not.
  std::set<std::string> noted;
  for (auto& each : changes) {
    noted.insert(each.kept.name);
    auto number = number_in(each.kept.name);
    if (number && *number >= next)
      next = *number + 1;
  }
  auto kept = files.list(folder);
  if (!kept)
    return;
  // One that cannot be removed is in the way of nothing but its number.
  for (auto& name : *kept)
    if (!noted.contains(kept_name_of(name)))
      static_cast<void>(files.remove(folder + '/' + name));
}

std::string undo_store::unused_name(file_system& files) {
  for (;;) {
    auto name = fmt::format("{}", next.fetch_add(1));
    auto there = files.status(folder + '/' + name, false);
    if (!there || !*there)
      return name;
  }
}

void recording_files::keep(const std::string& path, const file_status& now,
                           extent what, undo_entry& entry) {
  auto name = store_.unused_name(files_);
  auto to = fmt::format("{}/{}", store_.folder, name);
  // The old file itself, under a second name, costs nothing and has all that
  // belongs to it. One that is written to in place, or has other names already,
  // would change under it; but where no copy can be kept it is better than
  // nothing. The second name may be one that a run before has kept it under.
  bool can_copy
    = now.kind == file_kind::regular && now.size <= store_.copy_limit;
  if (what == extent::whole && (now.links == 1 || !can_copy)
      && files_.make_hard_link(path, to)) {
    auto linked = files_.status(to, false);
    if (linked && *linked && is_same_file(**linked, now)) {
      entry.kept.name = name;
      entry.kept.itself = true;
      return;
    }
    // Somebody has put another one in its place.
    static_cast<void>(files_.remove(to));
  }
  if (now.kind != file_kind::regular) {
    entry.kept.lost = fmt::format("it was {}", name_of(now.kind));
    return;
  }
  if (now.size > store_.copy_limit) {
    entry.kept.lost
      = fmt::format("its content of {} bytes was too large to keep", now.size);
    return;
  }
  // This is done with the rights of the run, whomever the task acts for: what
  // was put in the place of the file meanwhile is not copied.
  auto copied = files_.replace_from(to, {path, now}, {.mode = 0600}, {});
  if (copied)
    entry.kept.name = name;
  else
    entry.kept.lost = "its content could not be kept: " + copied.why().message;
}

void recording_files::keep_dress(const std::string& path,
                                 const file_status& now, extent what,
                                 undo_entry& entry) {
  // A copy does not have them, nor do links and devices.
  if (entry.kept.itself
      || (now.kind != file_kind::regular && now.kind != file_kind::directory))
    return;
  auto all = what == extent::whole || what == extent::in_place;
  if (all || what == extent::owner) {
    auto found = files_.extended_attributes(path);
    uint64_t size = 0;
    if (found)
      for (auto& each : *found)
        size += each.name.size() + each.content.size();
    if (found && size <= store_.attribute_limit)
      entry.attributes = *std::move(found);
    else if (all && entry.kept.lost.empty())
      entry.kept.lost
        = found ? fmt::format("its extended attributes of {} bytes were too "
                              "large to keep",
                              size)
                : found.why().message;
  }
  if (all || what == extent::flags)
    if (auto found = files_.flags(path))
      entry.flags = *std::move(found);
}

bool recording_files::is_unrecorded(const std::string& path) const {
  return !unrecorded_.empty() && path.starts_with(unrecorded_ + "/");
}

std::string recording_files::settled(const std::string& path) {
  // Whoever comes this way has found it free of links.
  if (!strict_ && &files_.without_links() == &files_ && path.starts_with('/'))
    return path;
  auto end = path.find_last_not_of('/');
  auto slash = path.rfind('/', end);
  if (end == std::string::npos)
    return path;
  auto name
    = slash == std::string::npos ? path : path.substr(slash + 1, end - slash);
  auto folder = slash == std::string::npos ? "."
                : slash == 0               ? "/"
                                           : path.substr(0, slash);
  auto real = files_.real_path(folder);
  // Without its folder nothing will happen to it.
  if (!real)
    return path;
  return *real == "/" ? "/" + name : fmt::format("{}/{}", *real, name);
}

result<recording_files::noted>
recording_files::note(const std::string& path, extent what, undo_after after) {
  // The undo log belongs to the run, whomever the task acts for.
  own_rights own;
  undo_entry entry;
  entry.task = task_;
  entry.path = settled(path);
  entry.whole = what == extent::whole || what == extent::in_place;
  entry.in_place = what == extent::in_place;
  entry.after = std::move(after);
  auto now = files_.status(path, false);
  // With a slash behind its name a file is nothing, but still in the way.
  if (now && !*now && path.ends_with("/"))
    now = files_.status(entry.path, false);
  if (!now)
    return now.why();
  if (!*now) {
    made_.insert(entry.path);
    entry.kind = "absent";
    entry.whole = true;
  } else {
    auto& old = **now;
    entry.kind = kind_name(old.kind);
    entry.mode = old.mode;
    entry.uid = old.uid;
    entry.gid = old.gid;
    entry.modified = old.modified_at;
    entry.was.inode = old.inode;
    entry.was.device = old.device;
    entry.was.born = old.born_at;
    if (old.kind == file_kind::regular)
      entry.names = old.links;
    if (old.kind == file_kind::symlink)
      if (auto target = files_.read_link(path))
        entry.target = *target;
    if (entry.whole && entry.kind != "link" && entry.kind != "directory")
      keep(path, old, what, entry);
    keep_dress(path, old, what, entry);
  }
  if (auto written = store_.changing(entry, unread_); !written)
    return written.why();
  return noted{entry.path, entry.kept, *std::move(now)};
}

bool recording_files::is_untouched(const noted& what) {
  auto now = files_.status(what.path, false);
  if (!now || !*now || !what.was || !is_same_file(**now, *what.was)
      || (*now)->size != what.was->size
      || (*now)->modified_at != what.was->modified_at)
    return false;
  if (what.kept.itself)
    return true;
  auto own = files_.digest(what.path, "sha256");
  auto kept = files_.digest(fmt::format("{}/{}", store_.folder, what.kept.name),
                            "sha256");
  return own && kept && *own == *kept;
}

void recording_files::forget_untouched(const noted& what) {
  own_rights own;
  if (what.kept.name.empty() || !is_untouched(what))
    return;
  auto kept = fmt::format("{}/{}", store_.folder, what.kept.name);
  forget_in_place(files_, kept);
  // One that stays nevertheless is in the way of nothing.
  static_cast<void>(files_.remove(kept));
}

std::string recording_files::kept_of(const noted& what) const {
  return what.kept.name.empty() || !what.was
           ? std::string{}
           : fmt::format("{}/{}", store_.folder, what.kept.name);
}

std::string recording_files::target_of(const std::string& path) {
  auto now = files_.status(path, false);
  if (!now || !*now || (*now)->kind != file_kind::symlink)
    return path;
  // A link that leads nowhere is all there is to know.
  auto target = files_.real_path(path);
  return target ? *target : path;
}

result<void> recording_files::note_tree(const std::string& path,
                                        std::vector<noted>& all) {
  auto now = files_.status(path, false);
  if (now && *now && (*now)->kind == file_kind::directory) {
    auto names = files_.list(path);
    if (!names)
      return names.why();
    for (auto& name : *names)
      if (auto done = note_tree(fmt::format("{}/{}", path, name), all); !done)
        return done;
  }
  auto one = note(path, extent::whole, {.kind = "absent"});
  if (!one)
    return one.why();
  all.push_back(*std::move(one));
  return {};
}

undo_after recording_files::after_replacing(const std::string& path,
                                            const file_attributes& wanted) {
  undo_after out{.kind = "file"};
  auto now = files_.status(path, false);
  auto* old
    = now && *now && (*now)->kind == file_kind::regular ? &**now : nullptr;
  out.mode = wanted.mode      ? *wanted.mode
             : old != nullptr ? without_set_id(old->mode)
                              : 0666 & ~files_.umask();
  // One that is written where it is may keep what a new one has not.
  if (old != nullptr && wanted.in_place_if_needed && *out.mode != old->mode)
    out.mode = wanted.mode;
  out.uid = wanted.uid;
  out.gid = wanted.gid;
  return out;
}

} // namespace troupe
