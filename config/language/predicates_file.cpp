#include "config/language/language.hpp"
#include "config/language/paths.hpp"
#include "config/language/tables.hpp"
#include "config/language/url.hpp"

#include <sys/stat.h>

namespace troupe {

namespace {

result<std::string> path_of(const value& x) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!x.is_text())
    return failure(errc::type,
                   "expected str, bytes or os.PathLike object, not {}",
                   python_type(x));
  return x.as_string();
}

std::optional<struct stat> status(const std::string& path, bool follow) {
  struct stat out {};
  auto done = follow ? stat(path.c_str(), &out) : lstat(path.c_str(), &out);
  if (done != 0)
    return std::nullopt;
  return out;
}

/// Tests that ask the type of a file.
template <mode_t Type, bool Follow>
result<bool> has_type(evaluator&, const value& x, const bound_arguments&) {
  // Python takes a number for a descriptor; links are never looked for so.
  if (auto number = as_index(x)) {
    struct stat open {};
    return Follow && *number >= 0 && *number < 1'000'000
           && fstat(static_cast<int>(*number), &open) == 0
           && (Type == 0 || (open.st_mode & S_IFMT) == Type);
  }
  auto path = path_of(x);
  if (!path)
    return path.why();
  auto found = status(*path, Follow);
  return found && (Type == 0 || (found->st_mode & S_IFMT) == Type);
}

result<bool> absolute(evaluator&, const value& x, const bound_arguments&) {
  auto path = path_of(x);
  return path ? result<bool>{path->starts_with('/')} : path.why();
}

result<bool> same_file(evaluator&, const value& x,
                       const bound_arguments& with) {
  auto path = path_of(x);
  auto other = path_of(with[0]);
  if (!path || !other)
    return path ? other.why() : path.why();
  auto a = status(*path, true);
  auto b = status(*other, true);
  if (!a || !b)
    return failure(errc::runtime, "No such file or directory: '{}'",
                   a ? *other : *path);
  return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

result<bool> mount_point(evaluator&, const value& x, const bound_arguments&) {
  auto path = path_of(x);
  if (!path)
    return path.why();
  auto own = status(*path, false);
  if (!own || S_ISLNK(own->st_mode))
    return false;
  auto above = status(real_path(*path + "/.."), false);
  if (!above)
    return false;
  return own->st_dev != above->st_dev || own->st_ino == above->st_ino;
}

result<bool> uri_with(const value& x, const bound_arguments& with,
                      bool needs_host) {
  // Python takes anything false for an empty address.
  if (!x.is_text())
    return !needs_host && !x.is_undefined() && !truthy(x) && !with.has(0);
  auto parts = url_parts(x.as_string());
  if (!parts)
    return false;
  auto& scheme = *parts->find("scheme");
  if (with.has(0) && truthy(with[0])) {
    auto allowed = elements(with[0]);
    bool found = false;
    if (allowed)
      for (auto& y : *allowed)
        found |= y == scheme;
    if (!found)
      return false;
  }
  if (!needs_host)
    return true;
  return truthy(*parts->find("netloc")) || scheme.text_or("") == "file";
}

result<bool> uri(evaluator&, const value& x, const bound_arguments& with) {
  return uri_with(x, with, false);
}

result<bool> url(evaluator&, const value& x, const bound_arguments& with) {
  return uri_with(x, with, true);
}

result<bool> urn(evaluator&, const value& x, const bound_arguments&) {
  auto parts = x.is_text() ? url_parts(x.as_string()) : result<value>{error{}};
  return parts && parts->find("scheme")->text_or("") == "urn";
}

constexpr test_row rows[] = {
  {"directory", "", has_type<S_IFDIR, true>},
  {"is_dir", "", has_type<S_IFDIR, true>},
  {"file", "", has_type<S_IFREG, true>},
  {"is_file", "", has_type<S_IFREG, true>},
  {"link", "", has_type<S_IFLNK, false>},
  {"is_link", "", has_type<S_IFLNK, false>},
  {"exists", "", has_type<0, true>},
  {"link_exists", "", has_type<0, false>},
  {"abs", "", absolute},
  {"is_abs", "", absolute},
  {"same_file", "other", same_file},
  {"is_same_file", "other", same_file},
  {"mount", "", mount_point},
  {"is_mount", "", mount_point},
  {"uri", "schemes=", uri},
  {"url", "schemes=", url},
  {"urn", "", urn},
};

} // namespace

std::span<const test_row> file_tests() {
  return rows;
}

} // namespace troupe
