#include "config/language/language.hpp"
#include "config/language/library/machine_paths.hpp"
#include "config/language/library/path_text.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/library/url.hpp"
#include "config/language/python/operators.hpp"
#include "config/language/run/evaluator.hpp"

namespace troupe {

namespace {

template <std::string (*Change)(const std::string&)>
result<value> changed(evaluator&, const value& x, const bound_arguments&) {
  auto path = path_of(x);
  if (!path)
    return path.why();
  return value{Change(*path)};
}

/// A filter that asks the machine.
template <std::string (*Change)(host&, const std::string&)>
result<value> changed_there(evaluator& e, const value& x,
                            const bound_arguments&) {
  auto path = path_of(x);
  if (!path)
    return path.why();
  auto machine = e.run_state().machine();
  if (!machine)
    return machine.why();
  return value{Change(**machine, *path)};
}

template <std::pair<std::string, std::string> (*Split)(const std::string&)>
result<value> split(evaluator&, const value& x, const bound_arguments&) {
  auto path = path_of(x);
  if (!path)
    return path.why();
  auto parts = Split(*path);
  return tuple_of({value{parts.first}, value{parts.second}});
}

result<value> relative(evaluator& e, const value& x,
                       const bound_arguments& with) {
  if (!is_strict_undefined(x) && !truthy(x))
    return failure(errc::runtime, "no path specified");
  auto path = path_of(x);
  auto start = with.has(0) && !with[0].is_null() ? path_of(with[0])
                                                 : result<std::string>{"."};
  if (!path || !start)
    return path ? start.why() : path.why();
  auto machine = e.run_state().machine();
  if (!machine)
    return machine.why();
  return value{path_between(absolute_path(**machine, *start),
                            absolute_path(**machine, *path))};
}

result<value> join_path(evaluator&, const value& x, const bound_arguments&) {
  if (x.is_text())
    return x;
  if (!x.is_list())
    return failure(errc::type, "|path_join expects string or sequence, got {}",
                   python_type(x));
  if (x.as_list().empty())
    return failure(errc::type, "join() missing 1 required positional argument");
  std::string out;
  for (auto& part : x.as_list()) {
    auto path = path_of(part);
    if (!path)
      return path.why();
    out = join_paths(out, *path);
  }
  return value{std::move(out)};
}

result<value> file_glob(evaluator& e, const value& x, const bound_arguments&) {
  auto pattern = path_of(x);
  if (!pattern)
    return pattern.why();
  auto machine = e.run_state().machine();
  if (!machine)
    return machine.why();
  std::vector<value> out;
  for (auto& path : matching_files(**machine, *pattern))
    out.emplace_back(std::move(path));
  return list_of(std::move(out));
}

result<value> split_url(evaluator&, const value& x,
                        const bound_arguments& with) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!hashable(x))
    return failure(errc::type, "unhashable type: '{}'", operand_type(x));
  if (!x.is_text() && truthy(x))
    return failure(errc::runtime, "'{}' object has no attribute 'decode'",
                   operand_type(x));
  // Python takes anything false for an empty address.
  auto parts = url_parts(x.text_or(""));
  if (!parts)
    return parts.why();
  if (!with.has(0) || !truthy(with[0]))
    return *parts;
  if (auto* part = parts->find(with[0].text_or("")))
    return *part;
  return failure(errc::filter, "urlsplit: unknown URL component: {}",
                 to_display(with[0]));
}

/// A key or value of a query string.
std::string query_part(const value& x) {
  auto out = quote_url(to_display(x), "");
  auto plus = replace_text(out, "%20", "+", -1);
  return plus ? *plus : out;
}

result<value> url_encode(evaluator&, const value& x, const bound_arguments&) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (x.is_text() || (!x.is_dict() && !x.is_list()))
    return value{quote_url(to_display(x), "/")};
  std::string out;
  auto add = [&](const value& key, const value& y) {
    if (!out.empty())
      out += '&';
    out += query_part(key) + "=" + query_part(y);
  };
  if (x.is_dict())
    for (auto& [key, y] : x.as_dict())
      add(key, y);
  else
    for (auto& pair : x.as_list()) {
      auto parts = elements(pair);
      if (!parts)
        return parts.why();
      if (parts->size() != 2)
        return failure(errc::runtime, "cannot unpack {} values into 2",
                       parts->size());
      add((*parts)[0], (*parts)[1]);
    }
  return value{std::move(out)};
}

result<value> url_decode(evaluator&, const value& x, const bound_arguments&) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!x.is_text())
    return failure(errc::runtime, "'{}' object has no attribute 'replace'",
                   operand_type(x));
  auto spaced = replace_text(x.as_string(), "+", " ", -1);
  return value{unquote_url(spaced ? *spaced : x.as_string())};
}

constexpr filter_row path_filter_rows[] = {
  {"basename", "", changed<base_name>},
  {"dirname", "", changed<dir_name>},
  {"expanduser", "", changed_there<expand_user>},
  {"expandvars", "", changed_there<expand_variables>},
  {"realpath", "", changed_there<real_path>},
  {"win_basename", "", changed<windows_base_name>},
  {"win_dirname", "", changed<windows_dir_name>},
  {"splitext", "", split<split_extension>},
  {"win_splitdrive", "", split<split_drive>},
  {"relpath", "start=", relative},
  {"path_join", "", join_path},
  {"fileglob", "", file_glob},
  {"urlsplit", "query= alias=", split_url},
  {"urlencode", "", url_encode},
  {"urldecode", "", url_decode},
};

} // namespace

std::span<const filter_row> path_filters() {
  return path_filter_rows;
}

} // namespace troupe
