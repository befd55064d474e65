#include "config/inventory/host_pattern.hpp"
#include "config/language/language.hpp"
#include "config/language/library/machine_paths.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/library/value_set.hpp"
#include "config/language/python/regex.hpp"
#include "config/language/run/run_lookup.hpp"
#include "platform/host.hpp"

#include <algorithm>
#include <optional>

namespace troupe {

namespace {

using values = std::vector<value>;

result<values> environment(evaluator& e, const values& terms,
                           const bound_arguments& with) {
  auto machine = e.run_state().machine();
  if (!machine)
    return machine.why();
  values out;
  for (auto& term : terms) {
    auto text = term_text(term);
    if (!text)
      return text.why();
    auto words = split_text(*text, std::nullopt, -1);
    if (!words || words->empty())
      return lookup_failure("the name of an environment variable is missing");
    if (auto set = (*machine)->variable(words->front()))
      out.emplace_back(std::move(*set));
    else if (with.has(0) && is_strict_undefined(with[0]))
      return failure(errc::undefined,
                     "The \"env\" lookup, found an undefined variable: {}",
                     words->front());
    else
      out.push_back(with.has(0) ? with[0] : value{""});
  }
  return out;
}

/// A variable of `hostvars` for this host, which `vars` falls back to.
const value* host_variable(evaluator& e, const std::string& name) {
  auto& names = e.run_state().names();
  auto* hosts = names.find("hostvars");
  auto* self = names.find("inventory_hostname");
  if (!hosts || !self || !self->is_text())
    return nullptr;
  auto* host = hosts->find(self->as_string());
  return host ? host->find(name) : nullptr;
}

result<values> variables_lookup(evaluator& e, const values& terms,
                                const bound_arguments& with) {
  values out;
  auto& run = e.run_state();
  for (auto& term : terms) {
    auto name = term_identifier(term);
    if (!name)
      return name.why();
    auto* raw = run.names().find(*name);
    if (!raw)
      raw = host_variable(e, *name);
    auto x
      = raw ? run.evaluate(*raw)
            : result<value>{failure(
              errc::undefined, "No variable found with this name: {}", *name)};
    if (x) {
      out.push_back(std::move(*x));
      continue;
    }
    if (x.why().code != errc::undefined || !with.has(0) || with[0].is_null())
      return x.why();
    out.push_back(with[0]);
  }
  return out;
}

result<values> variable_names(evaluator& e, const values& terms,
                              const bound_arguments&) {
  values out;
  auto names = e.run_state().names().names();
  for (auto& term : terms) {
    auto pattern = term_text(term);
    if (!pattern)
      return pattern.why();
    auto compiled = regex::get(*pattern, {});
    if (!compiled)
      return lookup_failure("Unable to use \"{}\" as a search parameter: {}",
                            *pattern, compiled.why().message);
    for (auto& name : names) {
      auto found = (*compiled)->find(name);
      if (!found)
        return found.why();
      if (*found)
        out.emplace_back(name);
    }
  }
  return out;
}

/// The inventory that the variable `groups` tells; nothing when it is larger
/// than the evaluation may become.
result<std::optional<inventory_data>> inventory_of(const dict& groups) {
  inventory_data out;
  for (auto& [name, hosts] : groups) {
    if (!hosts.is_list() || !name.is_text())
      continue;
    if (!work_meter::visit(hosts.as_list().size()))
      return std::optional<inventory_data>{};
    auto group = out.add_group(name.as_string());
    if (!group)
      return group.why();
    for (auto& each : hosts.as_list()) {
      auto number = out.add_host(each.text_or(""));
      if (!number)
        return number.why();
      if (name.as_string() != "all")
        out.put_into(*number, *group);
    }
  }
  if (auto done = out.settle(); !done)
    return done.why();
  return std::optional{std::move(out)};
}

result<values> host_names(evaluator& e, const values& terms,
                          const bound_arguments&) {
  auto* groups = e.run_state().names().find("groups");
  if (!groups || !groups->is_dict())
    return lookup_failure("there is no inventory: the variable 'groups' is "
                          "missing");
  auto all = inventory_of(groups->as_dict());
  if (!all)
    return all.why();
  values out;
  if (!*all)
    return out;
  for (auto& term : opened(terms)) {
    auto pattern = term_text(term);
    if (!pattern)
      return pattern.why();
    host_search search{**all};
    auto found = search.find(split_patterns(*pattern));
    if (!found)
      return found.why();
    for (auto& each : *found)
      out.emplace_back(each);
  }
  return out;
}

constexpr lookup_row value_lookup_rows[] = {
  {"env", "default= **named", environment},
  {"vars", "default= **named", variables_lookup},
  {"varnames", "**named", variable_names},
  {"inventory_hostnames", "**named", host_names},
};

} // namespace

std::span<const lookup_row> value_lookups() {
  return value_lookup_rows;
}

} // namespace troupe
