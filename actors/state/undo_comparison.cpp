#include "actors/state/undo_comparison.hpp"

#include "modules/support/files/diff.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

bool has_flags(const undo_comparison& what,
               const std::optional<std::string>& wanted) {
  if (!wanted)
    return true;
  auto flags = what.files.flags(what.entry.path);
  return flags
         && std::is_permutation(flags->begin(), flags->end(), wanted->begin(),
                                wanted->end());
}

bool has_attributes(
  const undo_comparison& what,
  const std::optional<std::vector<extended_attribute>>& wanted) {
  if (!wanted)
    return true;
  auto now = what.files.extended_attributes(what.entry.path);
  return now
         && std::is_permutation(now->begin(), now->end(), wanted->begin(),
                                wanted->end());
}

bool same_content(const undo_comparison& what) {
  auto now = what.files.digest(what.entry.path, "sha256");
  auto kept = what.files.digest(what.kept, "sha256");
  return now && kept && *now == *kept;
}

/// Whether a copy of the old file, which is kept itself, is there: an undo
/// makes one where it cannot be moved.
bool is_whole_copy(const undo_comparison& what) {
  auto& files = what.files;
  auto& path = what.entry.path;
  if (what.entry.kind != "file" || what.kept.empty())
    return false;
  auto kept = files.status(what.kept, false);
  if (!kept || !*kept || (*kept)->inode != what.entry.was.inode
      || (*kept)->size != what.now->size
      || (*kept)->modified_at != what.now->modified_at || !same_content(what))
    return false;
  auto theirs = files.extended_attributes(path);
  auto own = files.extended_attributes(what.kept);
  bool alike = theirs && own
               && std::is_permutation(theirs->begin(), theirs->end(),
                                      own->begin(), own->end());
  auto flags = files.flags(what.kept);
  return alike && (flags ? has_flags(what, *flags) : !files.flags(path));
}

bool leads_as_before(const undo_comparison& what) {
  auto target = what.files.read_link(what.entry.path);
  return target && *target == what.entry.target;
}

bool changes_owner(const undo_entry& entry) {
  return entry.whole || entry.after.uid || entry.after.gid;
}

bool belongs_as_before(const undo_comparison& what) {
  return what.now->uid == what.entry.uid && what.now->gid == what.entry.gid;
}

/// What the change could touch of owner, mode and time.
bool is_dressed_but_for_flags(const undo_comparison& what) {
  auto& now = *what.now;
  auto& old = what.entry;
  auto& after = old.after;
  // Modes of links count nowhere, and what is in a folder changes its time.
  auto mode = (old.whole || after.mode) && now.kind != file_kind::symlink;
  auto time = old.whole || after.modified;
  return (!changes_owner(old) || belongs_as_before(what))
         && (!mode || now.mode == old.mode)
         && (!time || now.kind == file_kind::directory
             || now.modified_at == old.modified);
}

std::string wrong_dress(const undo_comparison& what) {
  auto& now = *what.now;
  auto& after = what.entry.after;
  if (after.mode && now.kind != file_kind::symlink && now.mode != *after.mode)
    return fmt::format("its mode is {:04o}, not {:04o}", now.mode, *after.mode);
  if ((after.uid && now.uid != *after.uid)
      || (after.gid && now.gid != *after.gid))
    return fmt::format("it belongs to {}:{}, not to {}:{}", now.uid, now.gid,
                       after.uid.value_or(now.uid),
                       after.gid.value_or(now.gid));
  if (after.modified && now.modified_at != *after.modified)
    return "its time is another one";
  if (!has_flags(what, after.flags))
    return "its flags are others";
  if (!has_attributes(what, after.attributes))
    return "its extended attributes are others";
  return {};
}

std::string wrong_content(const undo_comparison& what) {
  auto& after = what.entry.after;
  if (after.inode != 0 && what.now->inode == after.inode
      && what.now->born_at == after.born)
    return {};
  if (after.kind == "link") {
    auto target = what.files.read_link(what.entry.path);
    return target && *target == after.target ? "" : "it leads elsewhere";
  }
  if (after.kind != "file")
    return {};
  if (after.digest.empty())
    return "it is another file";
  auto sum = what.files.digest(what.entry.path, "sha256");
  if (!sum)
    return sum.why().message;
  return *sum == after.digest ? "" : "its content is another one";
}

// Longer contents are not shown.
constexpr size_t longest_shown = 104'448;

std::string shown_content(file_system& files, const std::string& path) {
  if (path.empty())
    return {};
  auto content = files.read(path, longest_shown);
  if (!content)
    return "(not shown: " + content.why().message + ")\n";
  return content->find('\0') == std::string::npos ? *content
                                                  : "(binary content)\n";
}

/// Whether the file has lost entries, as by a change of its owner, and got no
/// others since.
bool only_lost_attributes(const undo_comparison& what) {
  auto now = what.files.extended_attributes(what.entry.path);
  auto& old = *what.entry.attributes;
  return now && std::all_of(now->begin(), now->end(), [&](auto& each) {
           return std::find(old.begin(), old.end(), each) != old.end();
         });
}

} // namespace

bool is_the_same(const undo_comparison& what) {
  return what.now && what.now->inode == what.entry.was.inode
         && what.now->device == what.entry.was.device
         && what.now->born_at == what.entry.was.born;
}

bool has_not_happened(const undo_comparison& what) {
  auto& old = what.entry;
  if (!old.whole || old.in_place || old.kind == "absent"
      || old.after.kind.empty() || old.after.inode == old.was.inode
      || !is_the_same(what))
    return false;
  // Without its time a file is known for sure only as long as its number cannot
  // be another one's.
  if (old.was.born != file_time{})
    return true;
  if (!old.kept.itself)
    return false;
  auto kept = what.files.status(what.kept, false);
  return kept && *kept && is_same_file(**kept, *what.now);
}

bool found_the_same(const undo_entry& x, const undo_entry& y) {
  return x.was.inode == y.was.inode && x.was.device == y.was.device
         && x.was.born == y.was.born;
}

bool looks_as_found(const file_status& now, const undo_entry& entry) {
  return now.mode == entry.mode && now.uid == entry.uid && now.gid == entry.gid
         && now.modified_at == entry.modified;
}

bool can_be_dressed(const undo_comparison& what) {
  auto& old = what.entry;
  return !old.whole && old.after.kind == "same" && what.now
         && (is_the_same(what) || what.put_back);
}

bool is_as_before(const undo_comparison& what) {
  auto& old = what.entry;
  if (!what.now)
    return old.kind == "absent";
  if (old.kind != kind_name(what.now->kind))
    return false;
  if (!is_dressed_but_for_flags(what) || !has_flags(what, old.flags)
      || (old.after.attributes && !has_attributes(what, old.attributes)))
    return false;
  if (!old.whole)
    return is_the_same(what) || what.put_back;
  return has_content_as_before(what);
}

bool has_content_as_before(const undo_comparison& what) {
  auto& old = what.entry;
  if (!what.now)
    return old.kind == "absent";
  if (old.kind != kind_name(what.now->kind))
    return false;
  if (old.kind == "directory")
    return true;
  if (old.kind == "link")
    return leads_as_before(what);
  if (old.kept.itself || old.kind == "special")
    return is_the_same(what) || (old.kept.itself && is_whole_copy(what));
  if (what.kept.empty())
    return false;
  // A change that failed and has touched nothing has kept nothing.
  if (auto kept = what.files.status(what.kept, false); kept && !*kept)
    return is_the_same(what) && what.now->modified_at == old.modified;
  return same_content(what);
}

bool is_half_restored(const undo_comparison& what) {
  auto& old = what.entry;
  if (!what.now || !old.whole || old.kind != kind_name(what.now->kind))
    return false;
  if (old.kind == "link")
    return belongs_as_before(what) && leads_as_before(what);
  if (!is_dressed_but_for_flags(what))
    return false;
  if (old.kind == "directory") {
    auto names = what.files.list(old.path);
    return names && names->empty();
  }
  return old.kind == "file" && !what.kept.empty() && same_content(what);
}

std::string changed_since(const undo_comparison& what) {
  auto& after = what.entry.after;
  if (after.kind.empty())
    return "nobody knows what the run had made of it, as an older version has "
           "recorded the run";
  if (after.kind == "absent")
    return what.now ? "something else is there" : "";
  if (!what.now)
    return "it is gone";
  if (after.kind == "same") {
    if (!is_the_same(what) && !what.put_back)
      return "it is another file";
    return wrong_dress(what);
  }
  if (after.kind != kind_name(what.now->kind))
    return fmt::format("it is {}", name_of(what.now->kind));
  bool known = what.put_back && what.content_back;
  auto content = known ? std::string{} : wrong_content(what);
  return content.empty() ? wrong_dress(what) : content;
}

std::string content_changed_since(const undo_comparison& what) {
  return what.now && what.entry.after.kind == kind_name(what.now->kind)
           ? wrong_content(what)
           : std::string{};
}

file_dress dress_to_put_back(const undo_comparison& what) {
  auto& old = what.entry;
  auto& after = old.after;
  auto& now = *what.now;
  if (old.whole)
    return {old.mode,     old.uid,        old.gid,
            old.modified, old.attributes, old.flags};
  file_dress out{now.mode, now.uid, now.gid};
  if (after.uid)
    out.uid = old.uid;
  if (after.gid)
    out.gid = old.gid;
  // A new owner has cost the file its set-user-id bits and more.
  constexpr uint32_t set_id = 06000;
  if (after.mode || (changes_owner(old) && now.mode == (old.mode & ~set_id)))
    out.mode = old.mode;
  if (after.modified)
    out.modified = old.modified;
  if (old.attributes && (after.attributes || only_lost_attributes(what)))
    out.attributes = old.attributes;
  out.flags = old.flags;
  return out;
}

std::string difference_in_content(const undo_comparison& what) {
  auto& path = what.entry.path;
  auto is_file = what.now && what.now->kind == file_kind::regular;
  return unified_diff(is_file ? shown_content(what.files, path) : "",
                      shown_content(what.files, what.kept),
                      is_file ? path + " (now)" : "/dev/null",
                      what.entry.kind == "file" ? path + " (then)"
                                                : "/dev/null");
}

} // namespace troupe
