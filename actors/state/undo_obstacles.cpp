#include "actors/state/undo_obstacles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace troupe {

namespace {

std::string folder_above(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// Whether it is what it was before one of its changes that are older.
bool is_back(const std::string& folder, const undo_entry& entry, undoing& all) {
  auto found = all.history.find(folder);
  if (found == all.history.end())
    return false;
  auto now = all.files.status(folder, false);
  if (!now)
    return false;
  return std::any_of(
    found->second.begin(), found->second.end(), [&](auto* each) {
      return std::less<>{}(each, &entry) && each->whole
             && each->kind != "directory"
             && has_content_as_before({all.files, *each, *now,
                                       kept_path(*each, all.terms.folder),
                                       false, false});
    });
}

} // namespace

std::string missing_content(const undo_site& site) {
  auto& entry = site.entry;
  bool needed = entry.whole && entry.kind != "absent" && entry.kind != "link"
                && entry.kind != "directory" && entry.kept.lost.empty()
                && !entry.kept.name.empty();
  if (!needed)
    return {};
  auto kept = site.all.files.status(site.kept(), false);
  if (!kept)
    return {};
  // An undo that was killed may have left what it had displaced there. Without
  // one it is another file because the state folder is a copy.
  if (*kept && entry.kept.itself && site.all.terms.again && entry.was.inode != 0
      && (*kept)->inode != entry.was.inode)
    return "its old content has been put back before, and is there no longer";
  if (*kept)
    return {};
  // What is only a copy stays when it is put back.
  return entry.kept.itself && site.all.terms.again
           ? "its kept content is no longer in the state folder: an undo has "
             "put it back before, or somebody has removed it"
           : "its kept content is missing from the state folder";
}

bool is_gone_with_folder(const undo_entry& entry, undoing& all) {
  for (auto end = entry.path.find('/', 1); end != std::string::npos;
       end = entry.path.find('/', end + 1))
    if (is_back(entry.path.substr(0, end), entry, all))
      return true;
  return false;
}

std::string cannot_write(const undo_site& site, bool dressing) {
  auto& all = site.all;
  auto& path = site.entry.path;
  // A mode that keeps the owner out says nothing of what is under it.
  constexpr uint32_t owner_writes = 0200;
  bool file_closed = site.now && site.now->kind == file_kind::regular
                     && (site.now->mode & owner_writes) != 0
                     && !all.put_back.contains(path)
                     && !all.files.access(path, "w");
  if (dressing)
    return file_closed ? "it cannot be written to" : "";
  auto folder = folder_above(path);
  // Of one that changes before this nobody knows yet.
  if (all.put_back.contains(folder) || all.files.access(folder, "w"))
    return {};
  auto there = all.files.status(folder, false);
  if (!there || !*there)
    return {};
  bool in_place = site.entry.in_place && site.now && !file_closed;
  return in_place ? ""
                  : fmt::format("its folder '{}' cannot be written to", folder);
}

} // namespace troupe
