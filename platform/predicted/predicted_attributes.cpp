#include "platform/posix/file_flags.hpp"
#include "platform/predicted/predicted_files.hpp"
#include "platform/set_id.hpp"

#include <cerrno>

namespace troupe {

// Owners, modes and the like.

result<predicted_file_ptr> predicted_files::own(const char* operation,
                                                const std::string& path,
                                                bool follow) {
  auto at = need(operation, path, follow);
  if (!at)
    return at.why();
  if (at->file)
    return at->file;
  auto made = std::make_shared<predicted_file>();
  made->status = *at->status;
  made->rest_at = at->path;
  if (at->status->kind == file_kind::symlink) {
    auto target = machine_.read_link(at->path);
    if (!target)
      return target.why();
    made->bytes = std::make_shared<const std::string>(*std::move(target));
  } else if (at->status->kind == file_kind::regular) {
    made->content_at = at->path;
  }
  if (!passes(at->path))
    static_cast<void>(tree_.put(at->path, {made, at->machine}));
  return made;
}

result<predicted_file_ptr> predicted_files::changeable(const char* operation,
                                                       const std::string& path,
                                                       bool follow) {
  auto at = need(operation, path, follow);
  if (!at)
    return at.why();
  if (is_fixed(*at, "ia"))
    return refused(operation, path, EPERM);
  return own(operation, path, follow);
}

result<void> predicted_files::set_mode(const std::string& path, uint32_t mode) {
  std::lock_guard guard{tree_.lock()};
  if (is_outside(path))
    return machine_.set_mode(path, mode);
  auto file = changeable("change the mode of", path, false);
  if (!file)
    return file.why();
  auto& s = (*file)->status;
  if (s.kind == file_kind::symlink)
    return refused("change the mode of", path, ELOOP);
  if (auto fine = may_change("change the mode of", path, s); !fine)
    return fine;
  s.mode = mode;
  return {};
}

result<void> predicted_files::set_owner(const std::string& path,
                                        std::optional<uint32_t> uid,
                                        std::optional<uint32_t> gid,
                                        bool follow) {
  std::lock_guard guard{tree_.lock()};
  if (is_outside(path))
    return machine_.set_owner(path, uid, gid, follow);
  auto file = changeable("change the owner of", path, follow);
  if (!file)
    return file.why();
  auto& s = (*file)->status;
  auto root = accounts_.effective_uid() == 0;
  auto gives_away = uid && *uid != s.uid;
  auto may = root
             || (!gives_away && s.uid == accounts_.effective_uid()
                 && (!gid || is_member(*gid)));
  if (!may)
    return refused("change the owner of", path, EPERM);
  s.uid = uid.value_or(s.uid);
  s.gid = gid.value_or(s.gid);
  // As the kernel does when a file is given away.
  if (s.kind == file_kind::regular)
    s.mode = without_set_id(s.mode);
  return {};
}

result<void> predicted_files::set_times(const std::string& path,
                                        std::optional<file_time> accessed,
                                        std::optional<file_time> modified,
                                        bool follow) {
  std::lock_guard guard{tree_.lock()};
  if (is_outside(path))
    return machine_.set_times(path, accessed, modified, follow);
  auto file = changeable("change the times of", path, follow);
  if (!file)
    return file.why();
  auto& s = (*file)->status;
  if (auto fine = may_change("change the times of", path, s); !fine)
    return fine;
  s.accessed_at = accessed.value_or(s.accessed_at);
  s.modified_at = modified.value_or(s.modified_at);
  s.accessed = to_seconds(s.accessed_at);
  s.modified = to_seconds(s.modified_at);
  return {};
}

result<void> predicted_files::touch(const std::string& path, uint32_t mode) {
  std::lock_guard guard{tree_.lock()};
  if (is_outside(path))
    return machine_.touch(path, mode);
  auto at = find(path, true);
  if (!at)
    return at.why();
  if (at->status)
    return {};
  auto made = make(file_kind::regular, mode & ~umask(), *at);
  made->bytes = std::make_shared<const std::string>();
  return put("create", *at, std::move(made));
}

bool predicted_files::access(const std::string& path, std::string_view how) {
  std::lock_guard guard{tree_.lock()};
  if (tree_.empty() || passes(path))
    return machine_.access(path, how);
  auto at = find(path, true);
  if (!at || !at->status)
    return false;
  return at->file ? allows(at->file->status, how)
                  : machine_.access(machine_path(*at, path), how);
}

std::string predicted_files::nearest_folder(std::string path) {
  for (;;) {
    auto slash = path.rfind('/');
    path.erase(slash == std::string::npos ? 0 : slash);
    if (path.empty())
      return "/";
    if (auto there = machine_.status(path, true); there && *there)
      return path;
  }
}

result<std::string> predicted_files::flags(const std::string& path) {
  std::lock_guard guard{tree_.lock()};
  if (tree_.empty() || passes(path))
    return machine_.flags(path);
  auto at = need("read the flags of", path, false);
  if (!at)
    return at.why();
  if (!at->file)
    return machine_.flags(machine_path(*at, path));
  if (at->file->flags)
    return *at->file->flags;
  if (!at->file->rest_at.empty())
    return machine_.flags(at->file->rest_at);
  auto above = machine_.flags(nearest_folder(at->path));
  if (!above)
    return above;
  // What a new file has where its folder has it.
  return std::string{above->find('e') != std::string::npos ? "e" : ""};
}

result<void> predicted_files::set_flags(const std::string& path,
                                        const std::string& flags) {
  std::lock_guard guard{tree_.lock()};
  if (is_outside(path))
    return machine_.set_flags(path, flags);
  if (auto known = check_file_flags(flags); !known)
    return known;
  auto file = own("set the flags of", path, false);
  if (!file)
    return file.why();
  (*file)->flags = flags;
  return {};
}

result<std::string> predicted_files::label(const std::string& path) {
  std::lock_guard guard{tree_.lock()};
  if (tree_.empty() || passes(path))
    return machine_.label(path);
  auto at = need("read the label of", path, false);
  if (!at)
    return at.why();
  if (!at->file)
    return machine_.label(machine_path(*at, path));
  if (at->file->label)
    return *at->file->label;
  return machine_.label(at->file->rest_at.empty() ? nearest_folder(at->path)
                                                  : at->file->rest_at);
}

result<void> predicted_files::set_label(const std::string& path,
                                        const std::string& label) {
  std::lock_guard guard{tree_.lock()};
  if (is_outside(path))
    return machine_.set_label(path, label);
  auto file = own("set the label of", path, false);
  if (!file)
    return file.why();
  (*file)->label = label;
  return {};
}

result<std::vector<extended_attribute>>
predicted_files::extended_attributes(const std::string& path) {
  std::lock_guard guard{tree_.lock()};
  auto at = need("read the attributes of", path, false);
  if (!at)
    return at.why();
  if (at->file && at->file->attributes)
    return *at->file->attributes;
  if (at->file && at->file->rest_at.empty())
    return std::vector<extended_attribute>{};
  return machine_.extended_attributes(at->file ? at->file->rest_at
                                               : machine_path(*at, path));
}

result<void> predicted_files::dress(const std::string& path,
                                    const file_status& expected,
                                    const file_dress& wanted) {
  std::lock_guard guard{tree_.lock()};
  if (is_outside(path))
    return machine_.dress(path, expected, wanted);
  auto file = own("dress", path, false);
  if (!file)
    return file.why();
  auto& s = (*file)->status;
  if (!is_same_file(s, expected))
    return refused("dress", path, ENOENT);
  s.mode = wanted.mode;
  s.uid = wanted.uid;
  s.gid = wanted.gid;
  s.modified_at = wanted.modified.value_or(s.modified_at);
  s.modified = to_seconds(s.modified_at);
  if (wanted.flags)
    (*file)->flags = wanted.flags;
  if (wanted.attributes)
    (*file)->attributes = wanted.attributes;
  return {};
}

} // namespace troupe
