#include "config/plan/plan_reader_task.hpp"
#include "config/plan/plan_shapes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

void choose_order(block& b) {
  bool named = false;
  for (auto& child : b.body)
    std::visit([&](auto& x) { named = named || !x.dependencies.empty(); },
               child.what);
  b.order = named ? block_order::graph : block_order::sequence;
}

std::vector<task> read_handlers(fields& in, problems& out) {
  std::vector<task> handlers;
  auto* x = in.find("handlers");
  if (!x)
    return handlers;
  auto pointer = pointer_to(in.pointer(), "handlers");
  if (!x->is_list()) {
    out.push_back({pointer, "expected a list of handlers"});
    return handlers;
  }
  for (size_t i = 0; i < x->as_list().size(); ++i)
    handlers.push_back(
      read_handler(x->as_list().items[i], pointer_to(pointer, i), i, out));
  return handlers;
}

void read_metadata(fields& in, plan& to, problems& out) {
  auto* x = in.find("metadata");
  if (!x)
    return;
  fields m{*x, "/metadata", out};
  to.id = m.text("plan_id").value_or("");
  if (to.name.empty())
    to.name = m.text("description").value_or("");
  auto* options = m.find("planning_options");
  if (!options)
    return;
  fields o{*options, "/metadata/planning_options", out};
  to.tags = o.texts("tags", true);
  to.skip_tags = o.texts("skip_tags", true);
  for (auto [key, setting] :
       {std::pair{"check_mode", "check_mode"}, {"diff_mode", "diff_mode"}})
    if (o.flag(key).value_or(false))
      to.settings.set(setting, true);
}

namespace {

/// Variables of the inventory for one host, weakest first.
void read_inventory(fields& in, const plan_options& options, plan& to,
                    dict& vars, problems& out) {
  auto* x = in.find("inventory");
  if (!x) {
    to.host = options.host.empty() ? "localhost" : options.host;
    return;
  }
  fields inventory{*x, "/inventory", out};
  auto* hosts = inventory.table("hosts");
  to.host = !options.host.empty()         ? options.host
            : hosts && hosts->size() == 1 ? hosts->at_index(0).first.as_string()
                                          : "localhost";
  auto add = [&](const dict* table) {
    if (table)
      for (auto& [key, each] : *table)
        vars.set(key, each);
  };
  add(inventory.table("variables"));
  if (auto* groups = inventory.table("groups"))
    for (auto& [name, group] : *groups) {
      auto* members = group.find("hosts");
      auto at = pointer_to("/inventory/groups", name.as_string());
      bool member = name.text_or("") == "all";
      if (members && members->is_list())
        for (auto& each : members->as_list())
          member = member || each.text_or("") == to.host;
      if (!member)
        continue;
      to.groups.push_back(name.as_string());
      if (!group.is_null())
        add(fields{group, std::move(at), out}.table("variables"));
    }
  auto* host = hosts ? hosts->find(to.host) : nullptr;
  if (host && !host->is_null())
    add(fields{*host, pointer_to("/inventory/hosts", to.host), out}.table(
      "variables"));
  inventory.known({"format", "source"});
}

std::optional<custom_fact> read_custom_fact(const std::string& name,
                                            const value& from,
                                            const std::string& pointer,
                                            problems& out) {
  fields in{from, pointer, out};
  custom_fact fact;
  fact.name = name;
  auto command = in.text("command");
  if (!command)
    in.fail("command", "a custom fact needs a command");
  fact.command = command.value_or("");
  if (auto* x = in.find("parser")) {
    auto word = x->text_or("");
    auto* regex = x->find("Regex");
    if (word == "Json")
      fact.how = custom_fact::parser::json;
    else if (word == "Yaml")
      fact.how = custom_fact::parser::yaml;
    else if (word == "Text")
      fact.how = custom_fact::parser::text;
    else if (regex && regex->find("pattern")) {
      fact.how = custom_fact::parser::regex;
      fact.pattern = std::string{regex->find("pattern")->text_or("")};
    } else {
      in.fail("parser", "expected Json, Yaml, Text or {\"Regex\": "
                        "{\"pattern\": \"...\"}}");
    }
  }
  fact.ttl = in.duration("cache_ttl");
  in.refuse_unknown("a custom fact");
  return command ? std::optional{fact} : std::nullopt;
}

void read_facts_template(fields& in, plan& to, problems& out) {
  auto* x = in.find("facts_template");
  if (!x)
    return;
  auto* custom = fields{*x, "/facts_template", out}.table("custom_facts");
  if (!custom)
    return;
  for (auto& [name, from] : *custom)
    if (auto fact = read_custom_fact(
          name.as_string(), from,
          pointer_to("/facts_template/custom_facts", name.as_string()), out))
      to.custom_facts.push_back(std::move(*fact));
}

play single_play(const plan& to, std::string name) {
  play p;
  p.id = "play";
  p.name = std::move(name);
  p.hosts = {to.host};
  p.body.id = "play";
  p.body.name = p.name;
  return p;
}

} // namespace

void read_flat_shape(fields& in, const plan_options& options, plan& to,
                     problems& out) {
  to.shape = "FLAT";
  in.known({"troupe", "strategy", "deployment_config", "deployment", "modules",
            "module_definitions"});
  to.name = in.text("name").value_or("");
  read_metadata(in, to, out);
  dict vars;
  read_inventory(in, options, to, vars, out);
  read_facts_template(in, to, out);
  if (auto* settings = in.table("settings"))
    for (auto& [key, x] : *settings)
      to.settings.set(key, x);
  auto p = single_play(to, to.name.empty() ? to.source : to.name);
  p.on_failure = read_failure_policy(in);
  p.gather_facts = in.flag("gather_facts").value_or(false);
  p.force_handlers = in.flag("force_handlers").value_or(false);
  // What a whole FLAT plan sets is what its only play sets.
  p.common = read_keywords(in, out);
  size_t number = 0;
  p.body.body = read_nodes(*in.find("tasks"), "/tasks", number, out);
  choose_order(p.body);
  p.handlers = read_handlers(in, out);
  to.vars = std::make_shared<const dict>(std::move(vars));
  to.plays.push_back(std::move(p));
}

void read_mini_shape(fields& in, const plan_options& options, plan& to,
                     problems& out) {
  to.shape = "MINI";
  to.name = in.text("group_id").value_or("");
  auto hosts = in.texts("hosts");
  to.host = !options.host.empty() ? options.host
            : hosts.size() == 1   ? hosts.front()
                                  : "localhost";
  auto p = single_play(to, to.name);
  size_t number = 0;
  p.body.body = read_nodes(*in.find("tasks"), "/tasks", number, out);
  choose_order(p.body);
  to.plays.push_back(std::move(p));
}

} // namespace troupe
