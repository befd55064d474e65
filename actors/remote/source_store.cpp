#include "actors/remote/source_store.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// Whether a name leads nowhere but below the folder it is used in.
bool is_below(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos)
    return false;
  while (!path.empty()) {
    auto end = path.find('/');
    auto part = path.substr(0, end);
    if (part.empty() || part == "." || part == "..")
      return false;
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  return true;
}

bool is_plain_name(std::string_view name) {
  return is_below(name) && name.find('/') == std::string_view::npos;
}

} // namespace

std::string source_store::path_of(const std::string& source) const {
  return fmt::format("{}/store/{}", folder_, source);
}

std::string source_store::place_of(const std::string& folder, uint64_t call) {
  return fmt::format("{}/call-{}", folder, call);
}

void source_store::add(const source_piece& piece) {
  std::lock_guard lock{mutex_};
  auto& entry = known_[piece.name];
  if (entry.whole || (entry.broken && !piece.first))
    return;
  if (auto kept = append(piece); !kept) {
    entry.broken = kept.why();
    open_.reset();
  } else {
    entry.broken.reset();
    entry.whole = piece.last;
  }
}

result<void> source_store::begin(const source_piece& piece) {
  if (!is_plain_name(piece.name))
    return error{errc::invalid_argument, "a source has no name"};
  auto& files = machine_.files();
  if (auto made = make_private_folders(files, folder_ + "/store"); !made)
    return made;
  // Another time it broke off.
  static_cast<void>(files.remove(path_of(piece.name)));
  auto made = new_file::create(path_of(piece.name), 0600);
  if (!made)
    return made.why();
  open_.emplace(*std::move(made));
  sum_.emplace();
  name_ = piece.name;
  return {};
}

result<void> source_store::append(const source_piece& piece) {
  if (piece.first)
    if (auto begun = begin(piece); !begun)
      return begun;
  if (!open_ || name_ != piece.name)
    return error{errc::system, "parts of a source are missing"};
  if (auto written = open_->write(piece.bytes); !written)
    return written;
  sum_->update(piece.bytes);
  if (!piece.last)
    return {};
  if (!piece.name.starts_with(to_hex(sum_->finish()) + "-"))
    return error{errc::system, "it changed while it was sent"};
  auto closed = open_->close(piece.mode & 07777U);
  open_.reset();
  return closed;
}

result<std::string>
source_store::place(uint64_t call, const std::vector<placed_source>& sources,
                    const user_account* owner) {
  auto place = place_of(folder_, call);
  if (sources.empty())
    return place;
  auto& files = machine_.files();
  if (auto made = files.make_directory(place, 0700); !made)
    return made.why();
  for (auto& each : sources) {
    if (!is_below(each.path))
      return error{errc::invalid_argument,
                   fmt::format("a source would lie at '{}'", each.path)};
    auto path = place + "/" + each.path;
    auto done = owner ? give(each, path, *owner) : put(each, path);
    if (!done)
      return done.why();
  }
  if (owner)
    if (auto given = files.set_owner(place, owner->uid, owner->gid, false);
        !given)
      return given.why();
  return place;
}

result<void> source_store::check(const placed_source& what) {
  std::lock_guard lock{mutex_};
  auto known = known_.find(what.what);
  if (known == known_.end() || (!known->second.whole && !known->second.broken))
    return error{errc::system,
                 fmt::format("the source '{}' has not come", what.path)};
  if (known->second.broken)
    return error{known->second.broken->code,
                 fmt::format("the source '{}' could not be kept there: {}",
                             what.path, known->second.broken->message)};
  return {};
}

result<void> source_store::put(const placed_source& what,
                               const std::string& path) {
  auto& files = machine_.files();
  switch (what.kind) {
  case placed_source::kinds::folder:
    // Its owner has to be able to fill it.
    return files.make_directory(path, (what.mode & 07777U) | 0700U);
  case placed_source::kinds::link:
    return files.make_symlink(what.what, path);
  default:
    break;
  }
  if (auto there = check(what); !there)
    return there;
  return files.make_hard_link(path_of(what.what), path);
}

result<void> source_store::give(const placed_source& what,
                                const std::string& path,
                                const user_account& owner) {
  if (what.kind != placed_source::kinds::file) {
    if (auto done = put(what, path); !done)
      return done;
    return machine_.files().set_owner(path, owner.uid, owner.gid, false);
  }
  // Names of one file have one owner.
  if (auto there = check(what); !there)
    return there;
  file_attributes own;
  own.mode = what.mode & 07777U;
  own.uid = owner.uid;
  own.gid = owner.gid;
  return machine_.files().replace_from(path, path_of(what.what), own);
}

void source_store::remove(uint64_t call) {
  // What cannot be removed goes with the folder.
  static_cast<void>(machine_.files().remove_all(place_of(folder_, call)));
}

} // namespace troupe
