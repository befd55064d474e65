#include "config/language/language.hpp"
#include "config/language/library/path_text.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/library/url.hpp"
#include "platform/file_queries.hpp"

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

/// Tests that ask what a file is.
using form = file_facts::form;

bool is_form(const std::optional<file_facts>& x, std::optional<form> wanted) {
  return x && (!wanted || x->kind == *wanted);
}

result<bool> has_form(const value& x, std::optional<form> wanted, bool follow) {
  // Python takes a number for a descriptor; links are never looked for so.
  if (auto number = as_index(x))
    return follow && *number >= 0 && *number < 1'000'000
           && is_form(look_at_descriptor(static_cast<int>(*number)), wanted);
  auto path = path_of(x);
  if (!path)
    return path.why();
  return is_form(look_at(*path, follow), wanted);
}

result<bool> folder(evaluator&, const value& x, const bound_arguments&) {
  return has_form(x, form::folder, true);
}

result<bool> regular(evaluator&, const value& x, const bound_arguments&) {
  return has_form(x, form::regular, true);
}

result<bool> link(evaluator&, const value& x, const bound_arguments&) {
  return has_form(x, form::link, false);
}

result<bool> exists(evaluator&, const value& x, const bound_arguments&) {
  return has_form(x, std::nullopt, true);
}

result<bool> link_exists(evaluator&, const value& x, const bound_arguments&) {
  return has_form(x, std::nullopt, false);
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
  auto a = look_at(*path);
  auto b = look_at(*other);
  if (!a || !b)
    return failure(errc::runtime, "No such file or directory: '{}'",
                   a ? *other : *path);
  return a->inode == b->inode && a->device == b->device;
}

result<bool> mount_point(evaluator&, const value& x, const bound_arguments&) {
  auto path = path_of(x);
  if (!path)
    return path.why();
  auto own = look_at(*path, false);
  if (!own || own->kind == form::link)
    return false;
  auto above = look_at(real_path(*path + "/.."), false);
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
  return file_test_rows;
}

} // namespace troupe
