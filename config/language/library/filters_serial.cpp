#include "config/language/language.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/python/datetime.hpp"
#include "config/language/python/json_emit.hpp"
#include "config/language/python/yaml_emit.hpp"
#include "config/value/json.hpp"
#include "config/value/yaml.hpp"

#include <algorithm>

namespace troupe {

namespace {

value verbatim(std::string bytes) {
  return value{text{std::move(bytes), false, true}};
}

result<value> written(const value& x, const json_layout& how) {
  auto out = emit_json(x, how);
  return out ? result<value>{verbatim(std::move(*out))} : out.why();
}

/// The arguments of Python's `json.dumps` that a filter passes on.
result<void> read_json_arguments(const bound_arguments& with,
                                 json_layout& how) {
  bool separated = false;
  for (auto& [name, x] : with.named) {
    if (name == "indent" && x.is_text())
      how.indent = x.as_string();
    else if (name == "indent" && !x.is_null())
      how.indent = std::string(static_cast<size_t>(std::clamp<int64_t>(
                                 as_index(x).value_or(0), 0, 1000)),
                               ' ');
    else if (name == "sort_keys")
      how.sort_keys = truthy(x);
    else if (name == "ensure_ascii")
      how.ascii = truthy(x);
    else if (name == "separators" && x.is_list() && x.as_list().size() == 2) {
      separated = true;
      how.between_items = to_display(x.as_list().items[0]);
      how.behind_key = to_display(x.as_list().items[1]);
    } else if (name != "vault_to_text" && name != "preprocess_unsafe"
               && name != "separators" && name != "indent" && name != "skipkeys"
               && name != "allow_nan" && name != "check_circular"
               && name != "default" && name != "cls")
      return failure(errc::type,
                     "JSONEncoder.__init__() got an unexpected keyword "
                     "argument '{}'",
                     name);
  }
  if (how.indent && !separated)
    how.between_items = ",";
  return {};
}

result<value> to_json(evaluator&, const value& x, const bound_arguments& with) {
  // What is written most often needs no writer.
  if (with.rest.empty() && with.named.empty()) {
    if (x.is_bool())
      return verbatim(x.as_bool() ? "true" : "false");
    if (x.is_small())
      return verbatim(std::to_string(x.as_int()));
  }
  auto how = python_layout();
  if (!with.rest.empty())
    return failure(errc::type,
                   "dumps() takes 1 positional argument but {} "
                   "were given",
                   with.rest.size() + 1);
  if (auto ok = read_json_arguments(with, how); !ok)
    return ok.why();
  return written(x, how);
}

result<value> to_nice_json(evaluator&, const value& x,
                           const bound_arguments& with) {
  auto how = python_layout();
  how.indent = std::string(4, ' ');
  how.sort_keys = with.flag(1, true);
  if (with.has(0) && with[0].is_text())
    how.indent = with[0].as_string();
  else if (with.has(0) && with[0].is_null())
    how.indent.reset();
  else if (with.has(0)) {
    auto n = with.integer(0);
    if (!n)
      return n.why();
    how.indent
      = std::string(static_cast<size_t>(std::clamp<int64_t>(*n, 0, 1000)), ' ');
  }
  how.between_items = ",";
  for (auto& [name, y] : with.named)
    if (name == "separators")
      return failure(errc::type,
                     "to_json() got multiple values for keyword argument "
                     "'separators'");
  if (auto ok = read_json_arguments(with, how); !ok)
    return ok.why();
  return written(x, how);
}

/// Jinja's own: safe inside HTML.
result<value> to_html_json(evaluator&, const value& x,
                           const bound_arguments& with) {
  auto how = python_layout();
  how.sort_keys = true;
  if (with.has(0) && !with[0].is_null()) {
    auto n = with.integer(0);
    if (!n)
      return n.why();
    how.indent
      = std::string(static_cast<size_t>(std::clamp<int64_t>(*n, 0, 1000)), ' ');
    how.between_items = ",";
  }
  auto out = emit_json(x, how);
  if (!out)
    return out.why();
  std::string safe;
  for (char c : *out) {
    if (c == '<' || c == '>' || c == '&' || c == '\'')
      safe += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      safe += c;
  }
  return value{std::move(safe)};
}

result<value> from_json(evaluator&, const value& x, const bound_arguments&) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!x.is_text())
    return failure(errc::type,
                   "the JSON object must be str, bytes or bytearray, not {}",
                   python_type(x));
  auto out = read_python_json(x.as_string());
  if (!out)
    return failure(errc::runtime, "{}", out.why().message);
  return out;
}

/// The arguments of `yaml.dump` that a filter passes on.
result<yaml_style> read_yaml_arguments(const bound_arguments& with,
                                       yaml_style how) {
  for (auto& [name, x] : with.named) {
    if (name == "indent")
      how.indent = as_index(x).value_or(2);
    else if (name == "width")
      how.width = as_index(x).value_or(
        x.is_real() ? static_cast<int64_t>(std::clamp(x.as_real(), -1.0, 2e9))
                    : 80);
    else if (name == "sort_keys")
      how.sort_keys = truthy(x);
    else if (name == "allow_unicode")
      return failure(errc::filter, "yaml.dump() got multiple values for "
                                   "keyword argument 'allow_unicode'");
    else if (name == "default_flow_style")
      how.flow = x.is_null() ? std::nullopt : std::optional{truthy(x)};
    else if (name == "default_style")
      how.style
        = x.is_text() && !x.as_string().empty() ? x.as_string()[0] : '\0';
    else if (name == "explicit_start")
      how.explicit_start = truthy(x);
    else if (name == "explicit_end")
      how.explicit_end = truthy(x);
    else if (name != "canonical" && name != "line_break" && name != "encoding"
             && name != "version" && name != "tags")
      return failure(errc::filter,
                     "dump_all() got an unexpected keyword argument '{}'",
                     name);
  }
  return how;
}

result<value> yaml_written(const value& x, const result<yaml_style>& how) {
  if (!how)
    return how.why();
  auto out = emit_yaml(x, *how);
  return out ? result<value>{verbatim(std::move(*out))} : out.why();
}

result<value> to_yaml(evaluator&, const value& x, const bound_arguments& with) {
  return yaml_written(x, read_yaml_arguments(with, {}));
}

result<value> to_nice_yaml(evaluator&, const value& x,
                           const bound_arguments& with) {
  yaml_style how;
  how.flow = false;
  how.indent = 4;
  if (with.has(0) && !with[0].is_null()) {
    auto n = with.integer(0);
    if (!n)
      return failure(errc::filter, "to_nice_yaml - {}", n.why().message);
    how.indent = *n;
  }
  for (auto& [name, y] : with.named)
    if (name == "default_flow_style")
      return failure(errc::filter,
                     "to_nice_yaml - dump() got multiple values for keyword "
                     "argument 'default_flow_style'");
  return yaml_written(x, read_yaml_arguments(with, how));
}

yaml_limits data_limits() {
  yaml_limits out;
  out.last_key_wins = true;
  out.timestamp = read_yaml_time;
  return out;
}

result<value> from_yaml(evaluator&, const value& x, const bound_arguments&) {
  if (!x.is_text())
    return x;
  auto out = parse_yaml(x.as_string(), "from_yaml", data_limits());
  if (!out)
    return failure(errc::runtime, "{}", out.why().message);
  return std::move(*out);
}

result<value> from_yaml_all(evaluator&, const value& x,
                            const bound_arguments&) {
  if (!x.is_text())
    return x;
  auto out = parse_yaml_all(x.as_string(), "from_yaml_all", data_limits());
  if (!out)
    return failure(errc::runtime, "{}", out.why().message);
  return list_of(std::move(*out));
}

result<value> pretty(evaluator&, const value& x, const bound_arguments&) {
  return value{pretty_repr(x)};
}

result<value> xml_attributes(evaluator&, const value& x,
                             const bound_arguments& with) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!x.is_dict())
    return failure(errc::runtime, "'{}' object has no attribute 'items'",
                   operand_type(x));
  std::string out;
  for (auto& [key, y] : x.as_dict()) {
    if (y.is_null() || y.is_undefined())
      continue;
    if (!key.is_text())
      return failure(errc::type, "the name of an attribute must be text");
    auto& name = key.as_string();
    if (name.find_first_of(" \t\n\r\f/>=") != name.npos)
      return failure(errc::runtime, "Invalid character in attribute name: {}",
                     to_repr(key));
    if (!out.empty())
      out += ' ';
    out += fmt::format("{}=\"{}\"", escape_markup(name),
                       escape_markup(to_display(y)));
  }
  if (with.flag(0, true) && !out.empty())
    out.insert(0, 1, ' ');
  return value{std::move(out)};
}

constexpr filter_row serial_filter_rows[] = {
  {"to_json", "*args **named", to_json},
  {"to_nice_json", "indent= sort_keys= **named", to_nice_json},
  {"tojson", "indent=", to_html_json},
  {"from_json", "", from_json},
  {"to_yaml", "*args **named", to_yaml},
  {"to_nice_yaml", "indent= *args **named", to_nice_yaml},
  {"from_yaml", "", from_yaml},
  {"from_yaml_all", "", from_yaml_all},
  {"pprint", "", pretty},
  {"xmlattr", "autospace=", xml_attributes},
};

} // namespace

std::span<const filter_row> serial_filters() {
  return serial_filter_rows;
}

} // namespace troupe
