#pragma once

#include "config/language/language.hpp"
#include "config/value/json.hpp"
#include "platform/host.hpp"

#include <string>

namespace troupe::test {

// Cases of the language's differential test: a template, variables and what
// Jinja2 3.1 with ansible-core 2.14 make of them.

/// The class of an error as the cases name it.
inline const char* error_class(errc code) {
  switch (code) {
  case errc::undefined:
  case errc::syntax:
  case errc::type:
  case errc::filter:
  case errc::lookup:
  case errc::not_found:
  case errc::recursion:
    return to_string(code);
  default:
    return "runtime";
  }
}

inline template_settings case_settings(const value* given) {
  template_settings out;
  if (!given)
    return out;
  std::pair<const char*, std::string*> texts[]
    = {{"block_start_string", &out.block_start},
       {"block_end_string", &out.block_end},
       {"variable_start_string", &out.variable_start},
       {"variable_end_string", &out.variable_end},
       {"comment_start_string", &out.comment_start},
       {"comment_end_string", &out.comment_end},
       {"newline_sequence", &out.newline_sequence}};
  for (auto& [name, place] : texts)
    if (auto* x = given->find(name))
      *place = x->as_string();
  if (auto* x = given->find("trim_blocks"))
    out.trim_blocks = x->as_bool();
  if (auto* x = given->find("lstrip_blocks"))
    out.lstrip_blocks = x->as_bool();
  return out;
}

inline dict case_variables(const value& given) {
  dict names;
  if (auto* all = given.find("vars"))
    names = all->as_dict();
  if (auto* unsafe = given.find("unsafe"))
    for (auto& name : unsafe->as_list())
      if (auto* x = names.find(std::string_view{name.as_string()}))
        *x = x->marked_unsafe();
  return names;
}

/// Evaluates a case; files are looked for in `root`.
inline result<value> answer_case(const value& given, const std::string& root) {
  static const auto machine = make_real_host();
  language_options options;
  options.machine = machine;
  options.search_path = {root};
  auto* native = given.find("native");
  options.native = native && native->as_bool();
  if (auto* files = given.find("files"))
    if (!files->as_dict().empty()) {
      options.templates = files->as_dict();
      options.search_path.clear();
    }
  language with{options};
  dict_variables names{case_variables(given)};
  auto& input = *given.find("template");
  auto& kind = given.find("kind")->as_string();
  if (kind == "template") {
    auto out = with.render(input.as_string(), "", names,
                           case_settings(given.find("settings")));
    return out ? result<value>{value{std::move(*out)}} : out.why();
  }
  if (kind == "condition")
    return with.condition_value(input, names);
  return with.evaluate(input, names);
}

/// The answer as the protocol has it: "id" with "ok" or "error".
inline value case_answer(const value& given, const std::string& root) {
  auto got = answer_case(given, root);
  dict out{{"id", *given.find("id")}};
  if (got) {
    out.set("ok", *got);
  } else {
    out.set("error", value{error_class(got.why().code)});
    out.set("message", value{got.why().message});
  }
  return out;
}

} // namespace troupe::test
