#include "config/plan/conditions_reader.hpp"

#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>

namespace troupe {

namespace {

const std::map<std::string, comparison, std::less<>> operators{
  {"Equals", comparison::equals},
  {"NotEquals", comparison::not_equals},
  {"Contains", comparison::contains},
  {"StartsWith", comparison::starts_with},
  {"EndsWith", comparison::ends_with},
  {"GreaterThan", comparison::greater_than},
  {"LessThan", comparison::less_than},
  {"Exists", comparison::exists},
  {"NotExists", comparison::not_exists},
};

std::vector<std::string> operator_names() {
  std::vector<std::string> names;
  names.reserve(operators.size());
  for (auto& [name, op] : operators)
    names.push_back(name);
  return names;
}

std::optional<condition>
read_comparison(const value& from, const std::string& pointer, problems& out) {
  fields in{from, pointer, out};
  variable_condition c;
  auto variable = in.text("variable");
  if (!variable)
    in.fail("variable", "a condition needs a variable");
  auto name = in.text("operator").value_or("");
  auto known = operators.find(name);
  if (known == operators.end())
    in.fail("operator", fmt::format("unknown operator '{}'{}", name,
                                    did_you_mean(name, operator_names())));
  if (auto* x = in.find("value"))
    c.operand = *x;
  in.refuse_unknown("a condition");
  if (!variable || known == operators.end())
    return std::nullopt;
  c.variable = *variable;
  c.op = known->second;
  return condition{std::move(c), pointer};
}

using variant_reader = std::function<condition(fields&)>;

/// The externally tagged forms: `{"When": {"expression": "..."}}`.
const std::map<std::string, variant_reader, std::less<>>& variant_readers() {
  static const std::map<std::string, variant_reader, std::less<>> table{
    {"When",
     [](fields& in) {
       return condition{when_condition{in.expression("expression"), false}, {}};
     }},
    {"Skip",
     [](fields& in) {
       return condition{when_condition{in.expression("condition"), true}, {}};
     }},
    {"Tag",
     [](fields& in) {
       return condition{tag_condition{in.texts("tags"), false}, {}};
     }},
    {"SkipTag",
     [](fields& in) {
       return condition{tag_condition{in.texts("tags"), true}, {}};
     }},
    {"Only",
     [](fields& in) {
       return condition{host_condition{in.texts("hosts")}, {}};
     }},
    {"Host",
     [](fields& in) {
       return condition{host_condition{in.texts("pattern")}, {}};
     }},
    {"CheckMode",
     [](fields& in) {
       return condition{
         check_mode_condition{in.flag("enabled").value_or(false)}, {}};
     }},
  };
  return table;
}

std::optional<condition>
read_condition(const value& from, const std::string& pointer, problems& out) {
  if (from.is_text() || from.is_bool())
    return condition{when_condition{from, false}, pointer};
  if (from.find("variable") || from.find("operator"))
    return read_comparison(from, pointer, out);
  std::vector<std::string> names{"variable"};
  for (auto& [name, read] : variant_readers())
    names.push_back(name);
  if (!from.is_dict() || from.as_dict().size() != 1) {
    out.push_back({pointer, "expected one condition: {\"When\": {...}} or "
                            "{\"variable\", \"operator\", \"value\"}"});
    return std::nullopt;
  }
  auto& [key, body] = from.as_dict().at_index(0);
  auto known = variant_readers().find(key.text_or(""));
  if (known == variant_readers().end()) {
    out.push_back(
      {pointer, fmt::format("unknown condition '{}'{}", key.text_or(""),
                            did_you_mean(key.text_or(""), names))});
    return std::nullopt;
  }
  fields in{body, pointer_to(pointer, known->first), out};
  auto c = known->second(in);
  in.refuse_unknown("the condition " + known->first);
  c.pointer = pointer;
  return c;
}

} // namespace

std::vector<condition> read_conditions(fields& in, problems& out) {
  std::vector<condition> all;
  if (auto* list_ = in.find("conditions")) {
    auto pointer = pointer_to(in.pointer(), "conditions");
    if (!list_->is_list())
      in.fail("conditions", "expected a list of conditions");
    else
      for (size_t i = 0; i < list_->as_list().size(); ++i)
        if (auto c = read_condition(list_->as_list().items[i],
                                    pointer_to(pointer, i), out))
          all.push_back(std::move(*c));
  }
  if (auto x = in.expression("when"); !x.is_null())
    all.push_back(
      {when_condition{std::move(x), false}, pointer_to(in.pointer(), "when")});
  return all;
}

void add_host_condition(keywords& to, const value& hosts,
                        const std::string& pointer, problems& out) {
  host_condition wanted;
  auto take = [&](const value& names) {
    for (auto& name : names.as_list())
      wanted.hosts.push_back(std::string{name.text_or("")});
  };
  if (hosts.is_list()) {
    take(hosts);
  } else if (hosts.is_text()) {
    if (hosts.as_string() != "All" && hosts.as_string() != "all")
      wanted.hosts.push_back(hosts.as_string());
  } else if (auto* names = hosts.find("Hosts"); names && names->is_list()) {
    take(*names);
  } else if (auto* groups = hosts.find("Groups"); groups && groups->is_list()) {
    take(*groups);
  } else if (auto* text = hosts.find("Expression"); text && text->is_text()) {
    wanted.hosts.push_back(text->as_string());
  } else {
    out.push_back({pointer, "expected a list of hosts, \"All\", or one of "
                            "Hosts, Groups, Expression"});
  }
  if (!wanted.hosts.empty())
    to.conditions.push_back({std::move(wanted), pointer});
}

} // namespace troupe
