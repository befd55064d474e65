#include "config/playbook/entry_forms.hpp"

#include "config/language/language.hpp"
#include "config/plan/plain_action.hpp"
#include "config/plan/plan_text.hpp"
#include "config/playbook/role_expander.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

std::string usual_name(const std::string& module, const dict* args) {
  if (!args || plain_action(module) != "include_role")
    return module;
  auto* role = args->find("name");
  role = role ? role : args->find("role");
  return role ? fmt::format("{} : {}", module, to_display(*role)) : module;
}

std::string action_in(const value& from,
                      std::initializer_list<std::string_view> names) {
  for (auto& [key, x] : from.as_dict()) {
    auto name = plain_action(key.text_or(""));
    if (std::find(names.begin(), names.end(), name) != names.end())
      return std::string{key.text_or("")};
  }
  return {};
}

namespace {

/// Where the name of a module ends, which may be a template.
size_t end_of_name(std::string_view text) {
  size_t from = 0;
  if (text.starts_with("{{"))
    from = std::min(text.find("}}"), text.size());
  return std::min(text.find_first_of(" \t\n", from == 0 ? 0 : from + 2),
                  text.size());
}

} // namespace

dict pairs_in(std::string_view text) {
  dict out;
  while (!(text = trimmed(text)).empty()) {
    char quote = 0;
    size_t end = 0;
    for (; end < text.size() && (quote != 0 || text[end] != ' '); ++end)
      if (quote == 0 && text.substr(end).starts_with("{{"))
        // A template is one word, whatever blanks it has.
        end = std::min(text.find("}}", end), text.size() - 2) + 1;
      else if (text[end] == quote)
        quote = 0;
      else if (quote == 0 && (text[end] == '"' || text[end] == '\''))
        quote = text[end];
    auto one = text.substr(0, end);
    text.remove_prefix(end);
    auto equals = one.find('=');
    if (equals == one.npos)
      continue;
    auto x = one.substr(equals + 1);
    if (x.size() > 1 && (x[0] == '"' || x[0] == '\'') && x.back() == x[0])
      x = x.substr(1, x.size() - 2);
    out.set(std::string{one.substr(0, equals)}, std::string{x});
  }
  return out;
}

const value* argument(const value& entry, const std::string& action,
                      std::string_view name) {
  for (auto* from : {entry.find(action), entry.find("args")})
    if (auto* x = from ? from->find(name) : nullptr)
      return x;
  return nullptr;
}

void spell_out_action(value& from) {
  for (auto* name : {"action", "local_action"}) {
    auto* said = from.find(name);
    if (!said)
      continue;
    std::string module;
    value rest{dict{}};
    if (said->is_text()) {
      auto text = trimmed(said->as_string());
      auto end = end_of_name(text);
      module = text.substr(0, end);
      rest = value{std::string{trimmed(text.substr(end))}};
      if (rest.as_string().empty())
        rest = value{};
    } else if (auto* own = said->find("module")) {
      auto text = trimmed(own->text_or(""));
      auto end = end_of_name(text);
      module = text.substr(0, end);
      rest = without(*said, {"module"});
      if (end < text.size())
        rest = value{std::string{trimmed(text.substr(end))}};
    }
    if (module.empty())
      continue;
    rest.place_at(said->place());
    auto out = without(from, {name}).as_dict();
    value key{module};
    key.place_at(said->place());
    out.set(key, std::move(rest));
    if (std::string_view{name} == "local_action")
      out.set("delegate_to", "localhost");
    auto place = from.place();
    from = value{std::move(out)};
    from.place_at(place);
  }
}

void spell_out_import(value& from) {
  auto& all = from.as_dict();
  auto is_line = [](auto& each) {
    auto name = plain_action(each.first.text_or(""));
    auto text = trimmed(each.second.text_or(""));
    return (name == "import_role" || name == "include_role")
             ? text.find('=') != std::string::npos
             : name == "import_tasks" && text.starts_with("file=");
  };
  if (std::none_of(all.begin(), all.end(), is_line))
    return;
  dict out;
  for (auto& each : all) {
    value args = each.second;
    if (is_line(each)) {
      args = value{pairs_in(each.second.as_string())};
      args.place_at(each.second.place());
    }
    out.set(each.first, std::move(args));
  }
  auto place = from.place();
  from = value{std::move(out)};
  from.place_at(place);
}

void spell_out_loop(value& from) {
  constexpr std::string_view with = "with_";
  auto collected = [&](const value& key) {
    auto name = key.text_or("");
    return name.starts_with(with) && name.find('.') != name.npos;
  };
  auto& all = from.as_dict();
  if (std::none_of(all.begin(), all.end(),
                   [&](auto& each) { return collected(each.first); }))
    return;
  dict out;
  for (auto& [key, x] : all) {
    value name = key;
    if (collected(key)) {
      auto text = key.text_or("");
      name = value{std::string{with}
                   + std::string{text.substr(text.rfind('.') + 1)}};
      name.place_at(key.place());
    }
    out.set(name, x);
  }
  auto place = from.place();
  from = value{std::move(out)};
  from.place_at(place);
}

void settle_include(value& from, bool dynamic) {
  std::string said_as;
  bool loops = from.find("loop") != nullptr;
  for (auto& [key, x] : from.as_dict()) {
    auto name = key.text_or("");
    if (plain_action(name) == "include")
      said_as = name;
    loops = loops || name.starts_with("with_");
  }
  if (said_as.empty())
    return;
  auto* said = from.find(said_as);
  auto* file = said->is_dict() ? said->find("file") : said;
  auto text = trimmed(said->text_or(""));
  auto end = text.find(' ');
  bool more
    = end != text.npos && text.find("{{") > end && text.find('=') != text.npos;
  bool open
    = more ? has_template(text.substr(0, end)) : file && has_template(*file);
  bool known = file && !open && !loops && !dynamic;
  dict out;
  for (auto& [key, x] : from.as_dict()) {
    if (key.text_or("") != said_as) {
      out.set(key, x);
      continue;
    }
    value name{known ? "import_tasks" : "include_tasks"};
    name.place_at(key.place());
    if (more)
      out.set(name, std::string{text.substr(0, end)});
    else
      out.set(name, x);
  }
  if (more) {
    auto vars = pairs_in(text.substr(end));
    if (auto* own = from.find("vars"); own && own->is_dict())
      for (auto& [key, x] : own->as_dict())
        vars.set(key, x);
    out.set("vars", std::move(vars));
  }
  auto place = from.place();
  from = value{std::move(out)};
  from.place_at(place);
}

} // namespace troupe
