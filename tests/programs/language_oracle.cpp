// Answers cases of the language's differential test: one JSON object a line on
// standard input, one answer a line on standard output. Runs where the caller
// has set up the working directory and the environment.

#include "config/json.hpp"
#include "config/language/language.hpp"

#include <filesystem>
#include <iostream>

namespace {

using namespace troupe;

const char* class_name(errc code) {
  switch (code) {
    case errc::undefined:
      return "undefined";
    case errc::syntax:
      return "syntax";
    case errc::type:
      return "type";
    case errc::filter:
      return "filter";
    case errc::lookup:
      return "lookup";
    case errc::not_found:
      return "not_found";
    case errc::recursion:
      return "recursion";
    default:
      return "runtime";
  }
}

template_settings settings_of(const value* given) {
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

dict variables_of(const value& kase) {
  dict names;
  if (auto* given = kase.find("vars"))
    names = given->as_dict();
  if (auto* unsafe = kase.find("unsafe"))
    for (auto& name : unsafe->as_list())
      if (auto* x = names.find(name.as_string()))
        *x = x->marked_unsafe();
  return names;
}

result<value> answer(const value& kase, const std::string& root) {
  language_options options;
  options.search_path = {root};
  auto* native = kase.find("native");
  options.native = native && native->as_bool();
  if (auto* files = kase.find("files"))
    if (!files->as_dict().empty()) {
      options.templates = files->as_dict();
      options.search_path.clear();
    }
  language with{options};
  dict_variables names{variables_of(kase)};
  auto& input = *kase.find("template");
  auto kind = kase.find("kind")->as_string();
  if (kind == "template") {
    auto out = with.render(input.as_string(), "", names,
                           settings_of(kase.find("settings")));
    return out ? result<value>{value{std::move(*out)}} : out.why();
  }
  if (kind == "condition")
    return with.condition_value(input, names);
  return with.evaluate(input, names);
}

} // namespace

int main() {
  std::error_code problem;
  auto root = std::filesystem::current_path(problem).string();
  std::string line;
  while (std::getline(std::cin, line)) {
    auto kase = parse_json(line);
    if (!kase)
      continue;
    auto got = answer(*kase, root);
    dict out{{"id", *kase->find("id")}};
    if (got) {
      out.set("ok", *got);
    } else {
      out.set("error", value{class_name(got.why().code)});
      out.set("message", value{got.why().message});
    }
    std::cout << to_json(value{std::move(out)}) << std::endl;
  }
}
