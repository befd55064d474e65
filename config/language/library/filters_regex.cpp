#include "config/language/language.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/run/evaluator.hpp"

namespace troupe {

namespace {

regex::options options_of(evaluator& e, bool ignore_case, bool multiline) {
  return {ignore_case, multiline,
          e.run_state().core().options.limits.match_steps};
}

/// The pattern argument, compiled.
result<std::shared_ptr<const regex>> pattern_of(const value& pattern,
                                                regex::options how) {
  if (is_strict_undefined(pattern))
    return undefined_error(pattern);
  if (is_missing(pattern))
    return regex::get("", how);
  if (!pattern.is_text())
    return failure(errc::type,
                   "first argument must be string or compiled pattern");
  return regex::get(pattern.as_string(), how);
}

value group_value(const regex::match& found, size_t i) {
  if (i < found.groups.size() && found.groups[i])
    return value{*found.groups[i]};
  return {};
}

result<value> replace(evaluator& e, const value& x,
                      const bound_arguments& with) {
  auto subject = as_display(x);
  if (!subject)
    return subject.why();
  auto pattern = pattern_of(with.has(0) ? with[0] : value{""},
                            options_of(e, with.flag(2), with.flag(3)));
  if (!pattern)
    return pattern.why();
  if (is_strict_undefined(with[1]) && with.has(1))
    return undefined_error(with[1]);
  if (with.has(1) && !with[1].is_text())
    return failure(errc::type,
                   "decoding to str: need a bytes-like object, {} "
                   "found",
                   python_type(with[1]));
  auto out = (*pattern)->replace(*subject, with[1].text_or(""));
  if (!out)
    return out.why();
  return value{std::move(*out)};
}

result<value> find_all(evaluator& e, const value& x,
                       const bound_arguments& with) {
  auto subject = as_display(x);
  if (!subject)
    return subject.why();
  auto pattern = pattern_of(with[0], options_of(e, with.flag(2), with.flag(1)));
  if (!pattern)
    return pattern.why();
  auto matches = (*pattern)->find_all(*subject);
  if (!matches)
    return matches.why();
  auto text_of = [](const regex::match& found, size_t i) {
    return value{found.groups[i].value_or("")};
  };
  std::vector<value> out;
  auto groups = (*pattern)->group_count();
  for (auto& found : *matches) {
    if (groups < 2) {
      out.push_back(text_of(found, groups));
      continue;
    }
    std::vector<value> parts;
    for (size_t i = 1; i <= groups; ++i)
      parts.push_back(text_of(found, i));
    out.push_back(tuple_of(std::move(parts)));
  }
  return list_of(std::move(out));
}

/// The group that an argument such as `\1` or `\g<name>` asks for.
result<std::string> wanted_group(const value& x) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  auto name = x.text_or("");
  if (!x.is_text())
    return failure(errc::runtime, "'{}' object has no attribute 'startswith'",
                   operand_type(x));
  if (name.starts_with("\\g")) {
    auto end = name.rfind('>');
    if (!name.starts_with("\\g<") || end == name.npos || end < 4)
      return failure(errc::runtime, "'NoneType' object has no attribute "
                                    "'group'");
    return std::string{name.substr(3, end - 3)};
  }
  if (!name.starts_with('\\'))
    return failure(errc::filter, "Unknown argument");
  auto digits = name.substr(1);
  digits = digits.substr(0, digits.find_first_not_of("0123456789"));
  if (digits.empty())
    return failure(errc::runtime, "'NoneType' object has no attribute 'group'");
  return std::string{digits};
}

result<value> search(evaluator& e, const value& x,
                     const bound_arguments& with) {
  auto subject = as_display(x);
  if (!subject)
    return subject.why();
  std::vector<std::string> groups;
  for (auto& argument : with.rest) {
    auto name = wanted_group(argument);
    if (!name)
      return name.why();
    groups.push_back(std::move(*name));
  }
  auto how = options_of(e, false, false);
  for (auto& [name, y] : with.named) {
    if (name == "ignorecase")
      how.ignore_case = truthy(y);
    else if (name == "multiline")
      how.multiline = truthy(y);
  }
  auto pattern = pattern_of(with[0], how);
  if (!pattern)
    return pattern.why();
  auto found = (*pattern)->find(*subject);
  if (!found)
    return found.why();
  if (!*found)
    return value{};
  if (groups.empty())
    return group_value(**found, 0);
  std::vector<value> out;
  for (auto& name : groups) {
    auto number = (*pattern)->group(name);
    if (!number)
      return failure(errc::runtime, "no such group: {}", name);
    out.push_back(group_value(**found, *number));
  }
  return list_of(std::move(out));
}

result<value> escape(evaluator&, const value& x, const bound_arguments& with) {
  auto subject = as_display(x);
  auto kind = with.text(0, "python");
  if (!subject || !kind)
    return subject ? kind.why() : subject.why();
  if (*kind == "python")
    return value{regex_escape(*subject)};
  if (*kind == "posix_basic") {
    std::string out;
    for (char c : *subject) {
      if (std::string_view{"].[^$*\\"}.find(c) != std::string_view::npos)
        out += '\\';
      out += c;
    }
    return value{std::move(out)};
  }
  if (*kind == "posix_extended")
    return failure(errc::filter, "Regex type ({}) not yet implemented", *kind);
  return failure(errc::filter, "Invalid regex type ({})", *kind);
}

constexpr filter_row regex_filter_rows[] = {
  {"regex_replace", "pattern= replacement= ignorecase= multiline=", replace},
  {"regex_findall", "regex multiline= ignorecase=", find_all},
  {"regex_search", "regex *args **named", search},
  {"regex_escape", "re_type=", escape},
};

} // namespace

std::span<const filter_row> regex_filters() {
  return regex_filter_rows;
}

} // namespace troupe
