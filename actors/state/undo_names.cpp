#include "actors/state/undo_names.hpp"

#include <algorithm>

namespace troupe {

undo_names::file_key undo_names::key_of(const undo_entry& change) {
  auto& was = change.was;
  return {was.inode, was.device, was.born.seconds, was.born.nanoseconds};
}

void undo_names::add(const undo_entry& oldest, uint64_t names) {
  if (oldest.kind != "file" || oldest.was.inode == 0)
    return;
  auto& group = groups_[key_of(oldest)];
  group.paths.insert(oldest.path);
  group.names = std::max(group.names, names);
}

void undo_names::put_back(name_back name) {
  auto& change = *name.change;
  auto before = now_.find(change.path);
  // Owner and mode came back to what was there already.
  if (!change.whole && before != now_.end()
      && key_of(*before->second.change) == key_of(change)) {
    name.content = before->second.content;
    name.original = before->second.original;
  }
  if (change.kind == "file" && change.was.inode != 0)
    back_[key_of(change)].insert(change.path);
  now_[change.path] = std::move(name);
}

void undo_names::give_up(const undo_entry& oldest) {
  if (auto found = groups_.find(key_of(oldest)); found != groups_.end())
    found->second.paths.erase(oldest.path);
}

std::vector<name_back> undo_names::of(const undo_entry& change) const {
  // Those of one file are alike, but for what came between its changes.
  constexpr size_t most = 16;
  std::vector<name_back> out;
  auto found = back_.find(key_of(change));
  if (change.was.inode == 0 || found == back_.end())
    return out;
  for (auto& path : found->second) {
    auto& now = now_.at(path);
    if (out.size() < most && path != change.path && now.change->kind == "file"
        && key_of(*now.change) == key_of(change))
      out.push_back(now);
  }
  return out;
}

uint64_t undo_names::count(const undo_entry& change) const {
  auto found = groups_.find(key_of(change));
  return found == groups_.end() ? 1 : found->second.names;
}

bool undo_names::has_all(const undo_entry& change) const {
  auto found = groups_.find(key_of(change));
  return found != groups_.end()
         && found->second.paths.size() >= found->second.names;
}

} // namespace troupe
