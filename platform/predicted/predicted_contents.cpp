#include "platform/predicted/predicted_files.hpp"

#include <fmt/format.h>

namespace troupe {

// Contents.

result<std::string> predicted_files::content_of(const predicted_file& of,
                                                const std::string& path,
                                                size_t limit) {
  if (of.status.kind != file_kind::regular)
    return error{errc::invalid_argument,
                 fmt::format("cannot read '{}': it is {}, not a regular file",
                             path, name_of(of.status.kind))};
  if (!of.content_at.empty())
    return machine_.read(of.content_at, limit);
  if (!of.bytes || of.vague) {
    missed_ = true;
    return error{errc::not_found,
                 fmt::format("cannot read '{}': only that it would be there "
                             "is known, not its content",
                             path)};
  }
  if (of.bytes->size() > limit)
    return error{errc::exhausted,
                 fmt::format("cannot read '{}': it is longer than the limit "
                             "of {} bytes",
                             path, limit)};
  return *of.bytes;
}

result<std::string> predicted_files::read(const std::string& path,
                                          size_t limit) {
  std::unique_lock guard{tree_.lock()};
  if (tree_.empty() || passes(path))
    return machine_.read(path, limit);
  auto at = need("read", path, true);
  if (!at)
    return at.why();
  if (at->file) {
    auto content = content_of(*at->file, path, limit);
    // Nor does a template know that looks something up in it.
    if (missed_)
      tree_.miss_content();
    return content;
  }
  guard.unlock();
  return machine_.read(machine_path(*at, path), limit);
}

result<std::string> predicted_files::read_stream(const std::string& path,
                                                 size_t limit) {
  return read(path, limit);
}

result<std::string> predicted_files::read_start(const std::string& path,
                                                size_t length) {
  std::lock_guard guard{tree_.lock()};
  if (tree_.empty() || passes(path))
    return machine_.read_start(path, length);
  auto at = need("read", path, true);
  if (!at)
    return at.why();
  if (!at->file)
    return machine_.read_start(machine_path(*at, path), length);
  if (at->status->kind == file_kind::regular && !at->file->content_at.empty())
    return machine_.read_start(at->file->content_at, length);
  auto all = content_of(*at->file, path, static_cast<size_t>(-1));
  if (all && all->size() > length)
    all->resize(length);
  return all;
}

bool predicted_files::starts_with(const std::string& path,
                                  std::string_view mark) {
  auto start = read_start(path, mark.size());
  return start && *start == mark;
}

bool predicted_files::holds(const std::string& path, std::string_view content) {
  std::lock_guard guard{tree_.lock()};
  if (tree_.empty() || passes(path))
    return machine_.holds(path, content);
  auto at = need("read", path, true);
  if (!at)
    return false;
  if (!at->file)
    return machine_.holds(machine_path(*at, path), content);
  auto& file = *at->file;
  missed_ = missed_ || file.vague;
  if (file.status.kind != file_kind::regular || file.vague)
    return false;
  if (!file.content_at.empty())
    return machine_.holds(file.content_at, content);
  if (file.bytes)
    return *file.bytes == content;
  auto known = file.digests.find("sha256");
  if (known == file.digests.end()) {
    // Another length says enough.
    missed_ = missed_ || file.status.size == content.size();
    return false;
  }
  auto sum = digest_of(content, "sha256");
  return sum && *sum == known->second;
}

result<std::string> predicted_files::digest(const std::string& path,
                                            std::string_view algorithm) {
  std::unique_lock guard{tree_.lock()};
  if (tree_.empty() || passes(path)) {
    guard.unlock();
    return machine_.digest(path, algorithm);
  }
  auto at = need("read", path, true);
  if (!at)
    return at.why();
  auto* file = at->file.get();
  if (!file || !file->content_at.empty()) {
    auto real = file ? file->content_at : machine_path(*at, path);
    // A large file takes its time; nobody else waits for it.
    guard.unlock();
    return machine_.digest(real, algorithm);
  }
  if (auto known = file->digests.find(algorithm); known != file->digests.end())
    return known->second;
  auto content = content_of(*file, path, static_cast<size_t>(-1));
  return content ? digest_of(*content, algorithm) : content;
}

} // namespace troupe
