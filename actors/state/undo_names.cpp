#include "actors/state/undo_names.hpp"

#include <algorithm>
#include <functional>

namespace troupe {

namespace {

// Those of one file are alike, but for what came between its changes.
constexpr size_t most_names = 16;

} // namespace

undo_names::file_key undo_names::key_of(const undo_entry& change) {
  auto& was = change.was;
  return {was.inode, was.device, was.born.seconds, was.born.nanoseconds};
}

void undo_names::add(const undo_entry& oldest, uint64_t names,
                     bool only_dressed) {
  if (oldest.kind != "file" || oldest.was.inode == 0)
    return;
  auto& group = groups_[key_of(oldest)];
  if (only_dressed)
    group.dressed.emplace(oldest.path, &oldest);
  else
    group.replaced.insert(oldest.path);
  if (group.first == nullptr || std::less<>{}(&oldest, group.first))
    group.first = &oldest;
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
  if (before != now_.end())
    if (auto old = back_.find(key_of(*before->second.change));
        old != back_.end())
      old->second.erase(change.path);
  if (change.kind == "file" && change.was.inode != 0)
    back_[key_of(change)].insert(change.path);
  if (auto group = groups_.find(key_of(change)); group != groups_.end())
    group->second.dressed.erase(change.path);
  now_[change.path] = std::move(name);
}

void undo_names::give_up(const undo_entry& oldest) {
  if (auto found = groups_.find(key_of(oldest)); found != groups_.end())
    found->second.replaced.erase(oldest.path);
}

std::vector<name_back> undo_names::of(const undo_entry& change) const {
  std::vector<name_back> out;
  auto found = back_.find(key_of(change));
  if (change.was.inode == 0 || found == back_.end())
    return out;
  for (auto& path : found->second) {
    if (out.size() == most_names)
      break;
    if (path != change.path)
      out.push_back(now_.at(path));
  }
  return out;
}

std::vector<const undo_entry*>
undo_names::only_dressed(const undo_entry& change) const {
  std::vector<const undo_entry*> out;
  auto found = groups_.find(key_of(change));
  if (change.was.inode == 0 || found == groups_.end())
    return out;
  for (auto& [path, oldest] : found->second.dressed) {
    if (out.size() == most_names)
      break;
    if (path != change.path)
      out.push_back(oldest);
  }
  return out;
}

const undo_entry* undo_names::first(const undo_entry& change) const {
  auto found = groups_.find(key_of(change));
  return found == groups_.end() ? nullptr : found->second.first;
}

void undo_names::foretell(const undo_entry& dressed) {
  auto& look = looks_[key_of(dressed)];
  auto& after = dressed.after;
  if (after.mode)
    look.mode = dressed.mode;
  if (after.uid)
    look.uid = dressed.uid;
  if (after.gid)
    look.gid = dressed.gid;
  if (after.modified)
    look.modified = dressed.modified;
}

file_status undo_names::foretold(file_status now) const {
  auto found = looks_.find(
    {now.inode, now.device, now.born_at.seconds, now.born_at.nanoseconds});
  if (found == looks_.end())
    return now;
  auto& look = found->second;
  now.mode = look.mode.value_or(now.mode);
  now.uid = look.uid.value_or(now.uid);
  now.gid = look.gid.value_or(now.gid);
  now.modified_at = look.modified.value_or(now.modified_at);
  return now;
}

bool undo_names::is_original(const undo_entry& change) const {
  auto now = now_.find(change.path);
  return now != now_.end() && now->second.original
         && key_of(*now->second.change) == key_of(change);
}

uint64_t undo_names::count(const undo_entry& change) const {
  auto found = groups_.find(key_of(change));
  return found == groups_.end() ? 1 : found->second.names;
}

bool undo_names::has_all(const undo_entry& change) const {
  auto found = groups_.find(key_of(change));
  return found != groups_.end()
         && found->second.replaced.size() >= found->second.names;
}

} // namespace troupe
