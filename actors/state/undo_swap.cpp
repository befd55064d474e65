#include "actors/state/undo_swap.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

error changed_meanwhile() {
  return {errc::system, "somebody has changed it while it was being undone; it "
                        "is left alone"};
}

bool is_at(file_system& files, const std::string& path,
           const file_status& compared) {
  auto now = files.status(path, false);
  return now && *now && is_unchanged(**now, compared);
}

/// Where two names cannot be exchanged there is a moment in which nobody looks.
result<void> put_over(file_system& files, const std::string& from,
                      const std::string& path, const file_status& compared) {
  if (!is_at(files, path, compared))
    return changed_meanwhile();
  return files.rename(from, path);
}

} // namespace

bool is_unchanged(const file_status& now, const file_status& compared) {
  return is_same_file(now, compared)
         && (now.kind == file_kind::directory
             || (now.size == compared.size
                 && now.modified_at == compared.modified_at));
}

std::string with_suffix(const std::string& path, const std::string& suffix) {
  // The limits of most file systems, and of the system for whole paths.
  constexpr size_t longest_name = 255;
  constexpr size_t longest_path = 4095;
  auto begin = path.rfind('/') + 1;
  auto room
    = std::min(longest_name, longest_path - std::min(longest_path, begin));
  auto length = path.size() - begin;
  if (length + suffix.size() <= room || suffix.size() >= room)
    return path + suffix;
  length = room - suffix.size();
  // Not within a character.
  auto is_inside = [&](size_t at) {
    return (static_cast<unsigned char>(path[begin + at]) & 0xC0) == 0x80;
  };
  while (length > 1 && is_inside(length))
    --length;
  return path.substr(0, begin + length) + suffix;
}

result<void> take_away(file_system& files, const std::string& path,
                       const file_status& compared) {
  // A folder that has something in it stays, and there is no moment without it.
  if (compared.kind == file_kind::directory)
    if (auto names = files.list(path); !names || !names->empty())
      return files.remove(path);
  auto aside = files.unused_beside(path);
  if (auto moved = files.rename_new(path, aside); !moved)
    return moved;
  bool same = is_at(files, aside, compared);
  if (same) {
    auto gone = files.remove(aside);
    if (gone)
      return gone;
    static_cast<void>(files.rename_new(aside, path));
    return gone;
  }
  // Whatever has the name by now stays as well.
  if (!files.rename_new(aside, path))
    return error{errc::system,
                 fmt::format("somebody has changed it while it was being "
                             "undone; what was there is kept as {}",
                             aside)};
  return changed_meanwhile();
}

result<void> put_in(file_system& files, const std::string& from,
                    const std::string& path,
                    const std::optional<file_status>& compared) {
  if (!compared)
    return files.rename_new(from, path);
  auto swapped = files.exchange(from, path);
  if (!swapped)
    return swapped.why().code == errc::unsupported
             ? put_over(files, from, path, *compared)
             : swapped;
  if (is_at(files, from, *compared)) {
    // One that stays nevertheless is in the way of nothing.
    static_cast<void>(files.remove(from));
    return {};
  }
  if (auto back = files.exchange(from, path); !back)
    return error{errc::system,
                 fmt::format("somebody has changed it while it was being "
                             "undone; what was there is kept as {}",
                             from)};
  return changed_meanwhile();
}

} // namespace troupe
