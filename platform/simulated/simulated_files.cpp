#include "platform/simulated/simulated_files.hpp"

#include "platform/set_id.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace troupe {

namespace {

std::string parent_of(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> out;
  for (size_t begin = 0; begin < path.size();) {
    auto end = std::min(path.find('/', begin), path.size());
    auto part = path.substr(begin, end - begin);
    if (part == ".." && !out.empty())
      out.pop_back();
    else if (!part.empty() && part != "." && part != "..")
      out.push_back(std::move(part));
    begin = end + 1;
  }
  return out;
}

constexpr const char* null_device_path = "/dev/null";

error file_failed(const char* operation, const std::string& path, int number) {
  return system_error(number, fmt::format("cannot {} '{}'", operation, path));
}

} // namespace

simulated_files::simulated_files(simulated_clock& clock,
                                 std::function<user_rights()> acting)
    : clock_{clock} {
  nodes_["/"] = make_node(file_kind::directory, 0755, {});
  put_folder("/tmp");
  put_special(null_device_path, file_kind::character_device);
  // The scene is root's.
  acting_ = std::move(acting);
}

double simulated_files::now() {
  return std::chrono::duration<double>(clock_.now().time_since_epoch()).count();
}

simulated_files::node_pointer
simulated_files::make_node(file_kind kind, uint32_t mode, std::string bytes) {
  auto out = std::make_shared<node>();
  auto& s = out->status;
  s.kind = kind;
  s.mode = mode;
  s.size = bytes.size();
  s.inode = next_inode_++;
  s.device = 1;
  s.links = 1;
  s.block_size = 4096;
  s.accessed = s.modified = s.changed = now();
  s.accessed_at = s.modified_at = to_file_time(s.changed);
  if (acting_) {
    auto owner = acting_();
    s.uid = owner.uid;
    s.gid = owner.gid;
  }
  out->bytes = std::move(bytes);
  return out;
}

void simulated_files::put(const std::string& path, std::string content,
                          uint32_t mode) {
  std::lock_guard guard{lock_};
  put_folder(parent_of(path));
  nodes_[path] = make_node(file_kind::regular, mode, std::move(content));
}

void simulated_files::put_special(const std::string& path, file_kind kind) {
  std::lock_guard guard{lock_};
  put_folder(parent_of(path));
  nodes_[path] = make_node(kind, 0644, {});
}

void simulated_files::put_folder(const std::string& path) {
  std::lock_guard guard{lock_};
  std::string at;
  for (auto& part : parts_of(path)) {
    at += '/' + part;
    if (!this->at(at))
      nodes_[at] = make_node(file_kind::directory, 0755, {});
  }
}

result<std::string> simulated_files::resolve(const std::string& path,
                                             bool follow,
                                             unsigned depth) const {
  if (depth > 40)
    return file_failed("resolve", path, ELOOP);
  auto parts = parts_of(path.starts_with('/') || sources_.empty()
                          ? path
                          : fmt::format("{}/{}", start_, path));
  std::string at;
  for (size_t i = 0; i < parts.size(); ++i) {
    auto next = at + '/' + parts[i];
    auto* found = this->at(next);
    auto last = i + 1 == parts.size();
    if (found && found->status.kind == file_kind::symlink
        && (!last || follow)) {
      auto target = found->bytes;
      if (!target.starts_with("/"))
        target = fmt::format("{}/{}", at, target);
      for (auto k = i + 1; k < parts.size(); ++k)
        target += '/' + parts[k];
      return resolve(target, follow, depth + 1);
    }
    at = std::move(next);
  }
  return at.empty() ? "/" : at;
}

const simulated_files::node*
simulated_files::at(const std::string& real) const {
  auto own = nodes_.find(real);
  if (own != nodes_.end())
    return own->second.get();
  if (base_)
    if (auto shared = base_->find(real); shared != base_->end())
      return shared->second.get();
  return sources_.empty() ? nullptr : shown_at(real);
}

void simulated_files::take_away(const std::string& real) {
  if (!sources_.empty() || (base_ && base_->contains(real)))
    nodes_[real] = nullptr;
  else
    nodes_.erase(real);
}

void simulated_files::each_below(
  const std::string& prefix,
  const std::function<void(const std::string&, const node&)>& what) const {
  static const node_map none;
  auto& shared = base_ ? *base_ : none;
  auto own = nodes_.lower_bound(prefix);
  auto other = shared.lower_bound(prefix);
  auto goes_on = [&](auto& x, auto& all) {
    return x != all.end() && x->first.starts_with(prefix);
  };
  while (goes_on(own, nodes_) || goes_on(other, shared)) {
    bool takes_own = goes_on(own, nodes_)
                     && (!goes_on(other, shared) || own->first <= other->first);
    auto& next = takes_own ? own : other;
    if (takes_own && goes_on(other, shared) && own->first == other->first)
      ++other;
    if (next->second)
      what(next->first, *next->second);
    ++next;
  }
}

const simulated_files::node* simulated_files::peek(const std::string& path,
                                                   bool follow) const {
  auto real = resolve(path, follow);
  return real ? at(*real) : nullptr;
}

result<const simulated_files::node*>
simulated_files::look(const char* operation, const std::string& path,
                      bool follow) const {
  if (auto number = fault_for(operation, path))
    return file_failed(operation, path, number);
  auto* found = peek(path, follow);
  if (!found)
    return file_failed(operation, path, ENOENT);
  return found;
}

simulated_files::node_pointer simulated_files::find(const std::string& path,
                                                    bool follow) {
  auto real = resolve(path, follow);
  auto* found = real ? at(*real) : nullptr;
  if (!found)
    return nullptr;
  if (auto own = nodes_.find(*real); own != nodes_.end() && !found->source)
    return own->second;
  auto made = std::make_shared<node>(*found);
  if (found->source)
    if (auto bytes = content_of(*found, static_cast<size_t>(-1)))
      made->bytes = std::move(*bytes);
  made->source = nullptr;
  nodes_[*real] = made;
  return made;
}

result<simulated_files::node_pointer>
simulated_files::need(const char* operation, const std::string& path,
                      bool follow) {
  if (auto number = fault_for(operation, path))
    return file_failed(operation, path, number);
  auto found = find(path, follow);
  if (!found)
    return file_failed(operation, path, ENOENT);
  return found;
}

result<void> simulated_files::insert(const char* operation,
                                     const std::string& path,
                                     node_pointer made) {
  if (auto number = fault_for(operation, path))
    return file_failed(operation, path, number);
  auto real = resolve(path, false);
  if (!real)
    return real.why();
  auto* folder = at(parent_of(*real));
  if (!folder)
    return file_failed(operation, path, ENOENT);
  if (folder->status.kind != file_kind::directory)
    return file_failed(operation, path, ENOTDIR);
  nodes_[*real] = std::move(made);
  return {};
}

bool simulated_files::has_children(const std::string& folder) const {
  auto prefix = folder == "/" ? folder : folder + '/';
  bool out = false;
  each_below(prefix, [&](auto& path, auto&) { out = out || path != "/"; });
  std::vector<std::string> shown;
  if (!out)
    add_shown_names(folder, shown);
  return out || !shown.empty();
}

result<std::optional<file_status>>
simulated_files::status(const std::string& path, bool follow) {
  std::lock_guard guard{lock_};
  if (auto number = fault_for("status", path))
    return file_failed("look at", path, number);
  auto* found = peek(path, follow);
  return found ? std::optional{found->status} : std::nullopt;
}

result<std::string> simulated_files::read(const std::string& path,
                                          size_t limit) {
  std::lock_guard guard{lock_};
  auto found = look("read", path, true);
  if (!found)
    return found.why();
  auto kind = (*found)->status.kind;
  bool null_device = kind == file_kind::character_device
                     && *resolve(path, true) == null_device_path;
  if (kind != file_kind::regular && !null_device)
    return error{errc::invalid_argument,
                 fmt::format("cannot read '{}': it is {}, not a regular file",
                             path, name_of(kind))};
  if ((*found)->source)
    return content_of(**found, limit);
  if ((*found)->bytes.size() > limit)
    return error{errc::exhausted,
                 fmt::format("cannot read '{}': it is longer than the limit "
                             "of {} bytes",
                             path, limit)};
  return (*found)->bytes;
}

result<std::string> simulated_files::read_stream(const std::string& path,
                                                 size_t limit) {
  return read(path, limit);
}

result<void> simulated_files::replace(
  const std::string& path, std::string_view content,
  const file_attributes& wanted,
  const std::function<result<void>(const std::string&)>& validate) {
  std::lock_guard guard{lock_};
  auto* old = peek(path, false);
  if (old && old->status.kind == file_kind::directory)
    return file_failed("replace", path, EISDIR);
  auto keep = old && old->status.kind == file_kind::regular;
  if (old && !keep && old->status.kind != file_kind::symlink)
    return error{errc::invalid_argument,
                 fmt::format("cannot replace '{}': it is {}", path,
                             name_of(old->status.kind))};
  auto made
    = make_node(file_kind::regular,
                wanted.mode.value_or(keep ? without_set_id(old->status.mode)
                                          : 0666 & ~umask()),
                std::string{content});
  made->status.uid
    = wanted.uid.value_or(keep ? old->status.uid : made->status.uid);
  made->status.gid
    = wanted.gid.value_or(keep ? old->status.gid : made->status.gid);
  if (keep) {
    made->flags = old->flags;
    made->label = old->label;
  }
  if (validate) {
    auto temporary = path + ".new";
    if (auto done = insert("replace", temporary, made); !done)
      return done;
    auto verdict = validate(temporary);
    take_away(temporary);
    if (!verdict)
      return verdict;
  }
  return insert("replace", path, std::move(made));
}

result<void> simulated_files::replace_from(
  const std::string& path, const file_source& source,
  const file_attributes& wanted,
  const std::function<result<void>(const std::string&)>& validate) {
  // Nobody else is here who could put another one in its place.
  auto content = read(source.path, static_cast<size_t>(-1));
  if (!content)
    return content.why();
  return replace(path, *content, wanted, validate);
}

result<void> simulated_files::make_directory(const std::string& path,
                                             uint32_t mode) {
  std::lock_guard guard{lock_};
  if (peek(path, false))
    return file_failed("create directory", path, EEXIST);
  auto made = make_node(file_kind::directory, mode, {});
  made->covers = true;
  return insert("make_directory", path, std::move(made));
}

result<void> simulated_files::remove(const std::string& path) {
  std::lock_guard guard{lock_};
  auto found = need("remove", path, false);
  if (!found)
    return found.why();
  auto real = resolve(path, false);
  if ((*found)->status.kind == file_kind::directory && has_children(*real))
    return file_failed("remove", path, ENOTEMPTY);
  --(*found)->status.links;
  take_away(*real);
  return {};
}

result<void> simulated_files::remove_all(const std::string& path) {
  std::lock_guard guard{lock_};
  if (auto number = fault_for("remove", path))
    return file_failed("remove", path, number);
  auto real = resolve(path, false);
  if (!real)
    return real.why();
  std::vector<std::string> gone{*real};
  each_below(*real == "/" ? *real : *real + '/',
             [&](auto& each, auto&) { gone.push_back(each); });
  for (auto& each : gone)
    take_away(each);
  return {};
}

result<void> simulated_files::rename(const std::string& from,
                                     const std::string& to) {
  std::lock_guard guard{lock_};
  auto found = need("rename", from, false);
  if (!found)
    return found.why();
  auto real = resolve(from, false);
  if (auto done = insert("rename", to, *found); !done)
    return done;
  take_away(*real);
  return {};
}

} // namespace troupe
