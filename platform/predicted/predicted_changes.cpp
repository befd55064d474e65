#include "platform/predicted/predicted_files.hpp"
#include "platform/set_id.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace troupe {

// What is made, replaced and removed.

namespace {

bool is_special(file_kind kind) {
  return kind != file_kind::regular && kind != file_kind::directory
         && kind != file_kind::symlink;
}

} // namespace

file_time predicted_files::now() {
  auto since = clock_.now().time_since_epoch();
  auto whole = std::chrono::floor<std::chrono::seconds>(since);
  return {whole.count(),
          static_cast<uint32_t>(
            std::chrono::duration_cast<std::chrono::nanoseconds>(since - whole)
              .count())};
}

predicted_file_ptr predicted_files::make(file_kind kind, uint32_t mode,
                                         const place& at) {
  auto out = std::make_shared<predicted_file>();
  auto& s = out->status;
  s.kind = kind;
  s.mode = mode;
  s.uid = accounts_.effective_uid();
  s.gid = accounts_.effective_gid();
  auto folder = find(folder_of(at.path), true);
  if (folder && folder->status && (folder->status->mode & 02000) != 0) {
    s.gid = folder->status->gid;
    if (kind == file_kind::directory)
      s.mode |= 02000;
  }
  s.inode = tree_.next_inode();
  s.device = predicted_tree::device;
  s.links = kind == file_kind::directory ? 2 : 1;
  s.block_size = 4096;
  s.accessed_at = s.modified_at = now();
  s.accessed = s.modified = s.changed = to_seconds(s.modified_at);
  out->fresh = kind == file_kind::directory;
  return out;
}

bool predicted_files::is_member(uint32_t gid) {
  if (gid == accounts_.effective_gid())
    return true;
  auto user = accounts_.user(accounts_.effective_uid());
  if (!user)
    return false;
  auto groups = accounts_.groups_of(*user);
  return std::find(groups.begin(), groups.end(), gid) != groups.end();
}

bool predicted_files::allows(const file_status& status, std::string_view how) {
  auto uid = accounts_.effective_uid();
  if (uid == 0)
    return how.find('x') == std::string_view::npos
           || status.kind == file_kind::directory || (status.mode & 0111) != 0;
  auto shift = status.uid == uid ? 6U : is_member(status.gid) ? 3U : 0U;
  auto bits = status.mode >> shift;
  return std::all_of(how.begin(), how.end(), [&](char c) {
    return (bits & (c == 'r' ? 4U : c == 'w' ? 2U : 1U)) != 0;
  });
}

result<void> predicted_files::may_write(const char* operation,
                                        const place& at) {
  if (!at.has_folder)
    return refused(operation, at.path, ENOENT);
  auto folder = find(folder_of(at.path), true);
  if (!folder)
    return folder.why();
  // A folder that only grows takes what is new.
  if (is_fixed(*folder, at.status ? "ia" : "i") || is_fixed(at, "ia"))
    return refused(operation, at.path, EPERM);
  auto fine = folder->file ? allows(folder->file->status, "wx")
                           : machine_.access(folder->path, "wx");
  return fine ? result<void>{} : refused(operation, at.path, EACCES);
}

result<void> predicted_files::may_change(const char* operation,
                                         const std::string& path,
                                         const file_status& status) {
  auto uid = accounts_.effective_uid();
  return uid == 0 || uid == status.uid ? result<void>{}
                                       : refused(operation, path, EPERM);
}

bool predicted_files::is_fixed(const place& at, std::string_view by) {
  if (!at.status
      || (at.status->kind != file_kind::regular
          && at.status->kind != file_kind::directory))
    return false;
  if (at.file && !at.file->flags && at.file->rest_at.empty())
    return false;
  auto flags = at.file && at.file->flags
                 ? result<std::string>{*at.file->flags}
                 : machine_.flags(at.file ? at.file->rest_at : at.path);
  return flags && flags->find_first_of(by) != std::string::npos;
}

result<void> predicted_files::put(const char* operation, const place& at,
                                  predicted_file_ptr made) {
  expect_folder(folder_of(at.path));
  if (auto fine = may_write(operation, at); !fine)
    return fine;
  // What does not fit is not known later, which is no failure of the task.
  if (!passes(at.path))
    static_cast<void>(tree_.put(at.path, {std::move(made), at.machine}));
  return {};
}

result<std::pair<predicted_files::place, predicted_file_ptr>>
predicted_files::replacement(const std::string& path,
                             const file_attributes& wanted) {
  auto at = find(path, false);
  if (!at)
    return at.why();
  auto& old = at->status;
  if (old && old->kind == file_kind::directory)
    return refused("replace", path, EISDIR);
  if (old && is_special(old->kind))
    return error{
      errc::invalid_argument,
      fmt::format("cannot replace '{}': it is {}", path, name_of(old->kind))};
  auto keep = old && old->kind == file_kind::regular;
  auto made = make(
    file_kind::regular,
    wanted.mode.value_or(keep ? without_set_id(old->mode) : 0666 & ~umask()),
    *at);
  made->status.uid = wanted.uid.value_or(keep ? old->uid : made->status.uid);
  made->status.gid = wanted.gid.value_or(keep ? old->gid : made->status.gid);
  if (keep) {
    made->rest_at = at->file ? at->file->rest_at : at->path;
    made->flags = at->file ? at->file->flags : std::nullopt;
    made->label = at->file ? at->file->label : std::nullopt;
    if (at->file)
      made->attributes = at->file->attributes;
  }
  return std::pair{*std::move(at), std::move(made)};
}

void predicted_files::set_content(predicted_file& of,
                                  std::string_view content) {
  of.status.size = content.size();
  of.bytes = tree_.keep(content);
  if (of.bytes)
    return;
  for (auto algorithm : {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})
    if (auto sum = digest_of(content, algorithm))
      of.digests[algorithm] = *sum;
}

result<void> predicted_files::judge(
  const std::string& path,
  const std::function<result<void>(const std::string&)>& validate,
  const std::function<result<void>(const std::string&)>& write) {
  if (!validate || outside_.empty())
    return {};
  auto slash = path.rfind('/');
  auto shown = machine_.unused_beside(outside_ + "/" + path.substr(slash + 1));
  if (auto written = write(shown); !written)
    return written;
  auto verdict = validate(shown);
  static_cast<void>(machine_.remove(shown));
  return verdict;
}

result<void> predicted_files::replace(
  const std::string& path, std::string_view content,
  const file_attributes& wanted,
  const std::function<result<void>(const std::string&)>& validate) {
  if (is_outside(path))
    return machine_.replace(path, content, wanted, validate);
  // A program may take its time; nobody else waits for it.
  auto verdict = judge(path, validate, [&](const std::string& shown) {
    return machine_.replace(shown, content, {.mode = 0600});
  });
  if (!verdict)
    return verdict;
  std::lock_guard guard{tree_.lock()};
  auto made = replacement(path, wanted);
  if (!made)
    return made.why();
  set_content(*made->second, content);
  return put("replace", made->first, std::move(made->second));
}

result<void> predicted_files::replace_from(
  const std::string& path, const file_source& source,
  const file_attributes& wanted,
  const std::function<result<void>(const std::string&)>& validate) {
  std::unique_lock guard{tree_.lock()};
  auto from = need("read", source.path, true);
  if (!from)
    return from.why();
  guard.unlock();
  if (is_outside(path) && !from->file)
    return machine_.replace_from(path, from->path, wanted, validate);
  if (is_outside(path) && !from->file->content_at.empty())
    return machine_.replace_from(path, from->file->content_at, wanted,
                                 validate);
  if (is_outside(path) || is_outside(source.path) || from->file) {
    auto content = read(source.path, static_cast<size_t>(-1));
    return content ? replace(path, *content, wanted, validate)
                   : result<void>{content.why()};
  }
  auto verdict = judge(path, validate, [&](const std::string& shown) {
    return machine_.replace_from(shown, source, {.mode = 0600});
  });
  if (!verdict)
    return verdict;
  guard.lock();
  auto made = replacement(path, wanted);
  if (!made)
    return made.why();
  made->second->content_at = from->path;
  made->second->status.size = from->status->size;
  return put("replace", made->first, std::move(made->second));
}

result<void> predicted_files::write_output(const std::string& path,
                                           std::string_view content) {
  auto real = real_path(path);
  return replace(real ? *real : path, content, {}, {});
}

} // namespace troupe
