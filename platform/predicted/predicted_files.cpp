#include "platform/predicted/predicted_files.hpp"

#include <fmt/format.h>

#include <cerrno>

namespace troupe {

namespace {

// As many as Linux follows.
constexpr unsigned most_links = 40;

/// Whether the machine still has what it had.
bool is_as_before(const std::optional<file_status>& before,
                  const std::optional<file_status>& now, bool gone) {
  if (!before || !now)
    return !before && !now;
  if (!is_same_file(*before, *now))
    return false;
  // Others may put something into a folder meanwhile.
  if (now->kind == file_kind::directory && !gone)
    return before->mode == now->mode && before->uid == now->uid
           && before->gid == now->gid;
  return before->modified_at == now->modified_at
         && before->changed == now->changed;
}

} // namespace

/// The way along a path, link by link.
class predicted_files::walk {
public:
  walk(predicted_files& files, const std::string& path, bool follow)
      : files_{files}, path_{path}, follow_{follow},
        rest_{path.starts_with('/')
                ? path
                : files.machine_.working_folder() + '/' + path} {
  }

  result<place> run() {
    here_.status = root();
    while (next_part())
      if (auto done = take(); !done)
        return done.why();
    // A slash behind it asks for a folder.
    if (path_.ends_with('/') && here_.status && !may_be_folder())
      miss();
    place out{at_.empty() ? "/" : at_, here_.status, here_.file,
              here_.machine,           predicted_,   has_folder_};
    return out;
  }

private:
  static file_status root() {
    file_status out;
    out.kind = file_kind::directory;
    return out;
  }

  bool next_part() {
    auto begin = rest_.find_first_not_of('/');
    if (begin == std::string::npos)
      return false;
    auto end = std::min(rest_.find('/', begin), rest_.size());
    part_ = rest_.substr(begin, end - begin);
    rest_.erase(0, end);
    return true;
  }

  bool is_last() const {
    return rest_.find_first_not_of('/') == std::string::npos;
  }

  result<void> take() {
    if (!may_be_folder()) {
      at_ += '/' + part_;
      miss();
      return {};
    }
    if (part_ == ".")
      return {};
    if (part_ == "..")
      return go_to(folder_of(at_));
    at_ += '/' + part_;
    return enter();
  }

  /// A thing of which nobody knows what it is may be one.
  bool may_be_folder() const {
    return here_.status
           && (here_.status->kind == file_kind::directory
               || (here_.file && here_.file->vague));
  }

  /// Below what is no folder nothing is.
  void miss() {
    has_folder_ = false;
    here_ = {std::nullopt, nullptr, std::nullopt, false, false};
  }

  result<void> enter() {
    auto open = here_.open;
    auto found = files_.look(at_, open);
    if (!found)
      return found.why();
    here_ = *std::move(found);
    predicted_ = predicted_ || here_.predicted;
    auto is_link = here_.status && here_.status->kind == file_kind::symlink;
    if (!is_link || (is_last() && !follow_ && !rest_.starts_with('/')))
      return {};
    if (at_.starts_with(kernels_own))
      return follow_by_kernel();
    if (++links_ > most_links)
      return refused("follow", path_, ELOOP);
    auto target = here_.file ? result<std::string>{*here_.file->bytes}
                             : files_.machine_.read_link(at_);
    if (!target)
      return target.why();
    rest_ = *target + '/' + rest_;
    return go_to(target->starts_with('/') ? "/" : folder_of(at_));
  }

  /// What stands in such a link need not be a path.
  result<void> follow_by_kernel() {
    auto found = files_.machine_.status(at_, true);
    if (!found)
      return found.why();
    here_.status = here_.machine = *found;
    return {};
  }

  /// A folder that was passed before.
  result<void> go_to(const std::string& folder) {
    auto parts = folder;
    at_.clear();
    here_ = {};
    here_.status = root();
    while (parts.size() > 1) {
      auto end = std::min(parts.find('/', 1), parts.size());
      at_ += parts.substr(0, end);
      parts.erase(0, end);
      auto found = files_.look(at_, here_.open);
      if (!found)
        return found.why();
      here_ = *std::move(found);
    }
    return {};
  }

  predicted_files& files_;
  const std::string& path_;
  bool follow_;
  std::string rest_;
  std::string part_;
  std::string at_;
  step here_;
  unsigned links_ = 0;
  bool predicted_ = false;
  bool has_folder_ = true;
};

error predicted_files::refused(const char* operation, const std::string& path,
                               int number) {
  return system_error(number, fmt::format("cannot {} '{}'", operation, path));
}

std::string predicted_files::folder_of(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

bool predicted_files::passes(const std::string& path) const {
  return path.starts_with(kernels_own) || is_outside(path);
}

bool predicted_files::is_outside(const std::string& path) const {
  return !outside_.empty() && path.starts_with(outside_)
         && (path.size() == outside_.size() || path[outside_.size()] == '/');
}

result<predicted_files::step> predicted_files::look(const std::string& path,
                                                    bool open) {
  step out;
  out.open = open;
  if (open) {
    auto now = machine_.status(path, false);
    if (!now)
      return now.why();
    out.machine = *now;
  }
  out.status = out.machine;
  auto* entry = tree_.find(path);
  if (!entry)
    return out;
  if (open && !is_as_before(entry->below, out.machine, !entry->file)) {
    // Real is what really happened.
    tree_.erase(path);
    return out;
  }
  out.predicted = true;
  out.file = entry->file;
  out.status = entry->file ? std::optional{entry->file->status} : std::nullopt;
  out.open = open && entry->file && !entry->file->fresh;
  return out;
}

result<predicted_files::place> predicted_files::find(const std::string& path,
                                                     bool follow) {
  if (path.find('\0') != std::string::npos)
    return error{errc::invalid_argument,
                 fmt::format("'{}' is no path: it holds a NUL byte",
                             path.substr(0, path.find('\0')))};
  if (passes(path)) {
    auto found = machine_.status(path, follow);
    if (!found)
      return found.why();
    return place{path, *found, nullptr, *found, false, true};
  }
  if (path.empty())
    return refused("look at", path, ENOENT);
  return walk{*this, path, follow}.run();
}

result<predicted_files::place> predicted_files::need(const char* operation,
                                                     const std::string& path,
                                                     bool follow) {
  auto found = find(path, follow);
  if (found && !found->status)
    return refused(operation, path, ENOENT);
  return found;
}

const std::string& predicted_files::machine_path(const place& at,
                                                 const std::string& path) {
  return at.predicted ? at.path : path;
}

file_system& predicted_files::without_links() {
  return *this;
}

result<std::optional<file_status>>
predicted_files::status(const std::string& path, bool follow) {
  std::lock_guard guard{tree_.lock()};
  if (tree_.empty() || passes(path))
    return machine_.status(path, follow);
  auto found = find(path, follow);
  if (!found)
    return found.why();
  met_vague_ = met_vague_ || (found->file && found->file->vague);
  return found->status;
}

result<std::string> predicted_files::real_path(const std::string& path) {
  std::lock_guard guard{tree_.lock()};
  if (tree_.empty() || passes(path))
    return machine_.real_path(path);
  auto found = need("resolve", path, true);
  if (!found)
    return found.why();
  return found->path;
}

result<std::string> predicted_files::read_link(const std::string& path) {
  std::lock_guard guard{tree_.lock()};
  if (tree_.empty() || passes(path))
    return machine_.read_link(path);
  auto found = need("read the link", path, false);
  if (!found)
    return found.why();
  if (!found->file)
    return machine_.read_link(machine_path(*found, path));
  if (found->status->kind != file_kind::symlink)
    return refused("read the link", path, EINVAL);
  return *found->file->bytes;
}

std::string predicted_files::working_folder() {
  return machine_.working_folder();
}

uint32_t predicted_files::umask() {
  return machine_.umask();
}

bool predicted_files::labels_files() {
  return machine_.labels_files();
}

std::string predicted_files::unused_beside(const std::string& path) {
  return machine_.unused_beside(path);
}

} // namespace troupe
