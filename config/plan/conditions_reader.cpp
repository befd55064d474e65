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

std::optional<condition> read_comparison(const value& from, input_file& file) {
  fields in{from, file};
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
  return condition{std::move(c), in.place()};
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

std::optional<condition> read_condition(const value& from, input_file& file) {
  if (from.is_text() || from.is_bool())
    return condition{when_condition{from, false}, file.place_of(from)};
  if (from.find("variable") || from.find("operator"))
    return read_comparison(from, file);
  std::vector<std::string> names{"variable"};
  for (auto& [name, read] : variant_readers())
    names.push_back(name);
  if (!from.is_dict() || from.as_dict().size() != 1) {
    file.refuse(from, "expected one condition: {\"When\": {...}} or "
                      "{\"variable\", \"operator\", \"value\"}");
    return std::nullopt;
  }
  auto& [key, body] = from.as_dict().at_index(0);
  auto known = variant_readers().find(key.text_or(""));
  if (known == variant_readers().end()) {
    file.refuse(key, fmt::format("unknown condition '{}'{}", key.text_or(""),
                                 did_you_mean(key.text_or(""), names)));
    return std::nullopt;
  }
  fields in{body, file};
  auto c = known->second(in);
  in.refuse_unknown("the condition " + known->first);
  c.place = file.place_of(key);
  return c;
}

} // namespace

std::vector<condition> read_conditions(fields& in) {
  std::vector<condition> all;
  if (auto* given = in.find("conditions")) {
    if (!given->is_list())
      in.fail("conditions", "expected a list of conditions");
    else
      for (auto& each : given->as_list())
        if (auto c = read_condition(each, in.file()))
          all.push_back(std::move(*c));
  }
  if (auto x = in.expression("when"); !x.is_null()) {
    auto place = in.file().place_of(x);
    all.push_back({when_condition{std::move(x), false}, std::move(place)});
  }
  return all;
}

void add_host_condition(std::vector<condition>& to, const value& hosts,
                        input_file& file) {
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
    file.refuse(hosts, "expected a list of hosts, \"All\", or one of Hosts, "
                       "Groups, Expression");
  }
  if (!wanted.hosts.empty())
    to.push_back({std::move(wanted), file.place_of(hosts)});
}

} // namespace troupe
