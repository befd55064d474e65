#include "config/language/language.hpp"
#include "config/language/library/machine_paths.hpp"
#include "config/language/library/path_text.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/library/url.hpp"
#include "config/language/run/evaluator.hpp"
#include "platform/host.hpp"

namespace troupe {

namespace {

/// Tests that ask what a file is.
result<bool> has_kind(evaluator& e, const value& x,
                      std::optional<file_kind> wanted, bool follow) {
  auto path = path_of(x);
  // Python takes a number for a descriptor; links are never looked for so.
  auto number = as_index(x);
  if (number)
    path = fmt::format("/dev/fd/{}", *number);
  if (!path)
    return path.why();
  auto machine = e.run_state().machine();
  if (!machine)
    return machine.why();
  if (number && !follow)
    return false;
  auto found = look_at(**machine, *path, follow);
  return found && (!wanted || found->kind == *wanted);
}

result<bool> folder(evaluator& e, const value& x, const bound_arguments&) {
  return has_kind(e, x, file_kind::directory, true);
}

result<bool> regular(evaluator& e, const value& x, const bound_arguments&) {
  return has_kind(e, x, file_kind::regular, true);
}

result<bool> link(evaluator& e, const value& x, const bound_arguments&) {
  return has_kind(e, x, file_kind::symlink, false);
}

result<bool> exists(evaluator& e, const value& x, const bound_arguments&) {
  return has_kind(e, x, std::nullopt, true);
}

result<bool> link_exists(evaluator& e, const value& x, const bound_arguments&) {
  return has_kind(e, x, std::nullopt, false);
}

result<bool> is_absolute(evaluator&, const value& x, const bound_arguments&) {
  auto path = path_of(x);
  return path ? result<bool>{path->starts_with('/')} : path.why();
}

result<bool> same_file(evaluator& e, const value& x,
                       const bound_arguments& with) {
  auto path = path_of(x);
  auto other = path_of(with[0]);
  if (!path || !other)
    return path ? other.why() : path.why();
  auto machine = e.run_state().machine();
  if (!machine)
    return machine.why();
  auto a = look_at(**machine, *path);
  auto b = look_at(**machine, *other);
  if (!a || !b)
    return failure(errc::runtime, "No such file or directory: '{}'",
                   a ? *other : *path);
  return a->inode == b->inode && a->device == b->device;
}

result<bool> mount_point(evaluator& e, const value& x, const bound_arguments&) {
  auto path = path_of(x);
  if (!path)
    return path.why();
  auto machine = e.run_state().machine();
  if (!machine)
    return machine.why();
  auto own = look_at(**machine, *path, false);
  if (!own || own->kind == file_kind::symlink)
    return false;
  auto above = look_at(**machine, real_path(**machine, *path + "/.."), false);
  if (!above)
    return false;
  return own->device != above->device || own->inode == above->inode;
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

constexpr test_row file_test_rows[] = {
  {"directory", "", folder},
  {"is_dir", "", folder},
  {"file", "", regular},
  {"is_file", "", regular},
  {"link", "", link},
  {"is_link", "", link},
  {"exists", "", exists},
  {"link_exists", "", link_exists},
  {"abs", "", is_absolute},
  {"is_abs", "", is_absolute},
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
  return file_test_rows;
}

} // namespace troupe
