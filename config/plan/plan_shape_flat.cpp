#include "config/plan/conditions_reader.hpp"
#include "config/plan/keywords_reader.hpp"
#include "config/plan/plan_reader_task.hpp"
#include "config/plan/plan_shapes.hpp"
#include "config/plan/policy_reader.hpp"

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

std::vector<node> read_handlers(fields& in) {
  size_t number = 0;
  auto* x = in.find("handlers");
  return x ? read_nodes(*x, in.file(), number, in_handler)
           : std::vector<node>{};
}

void read_metadata(fields& in, plan& to) {
  auto* x = in.find("metadata");
  if (!x)
    return;
  fields m{*x, in.file()};
  to.id = m.text("plan_id").value_or("");
  if (to.name.empty())
    to.name = m.text("description").value_or("");
  auto* options = m.find("planning_options");
  if (!options)
    return;
  fields o{*options, in.file()};
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
                    dict& vars) {
  auto* x = in.find("inventory");
  if (!x) {
    to.host = options.host.empty() ? "localhost" : options.host;
    return;
  }
  fields inventory{*x, in.file()};
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
      bool member = name.text_or("") == "all";
      if (members && members->is_list())
        for (auto& each : members->as_list())
          member = member || each.text_or("") == to.host;
      if (!member)
        continue;
      to.groups.push_back(name.as_string());
      if (!group.is_null())
        add(fields{group, in.file()}.table("variables"));
    }
  auto* host = hosts ? hosts->find(to.host) : nullptr;
  if (host && !host->is_null())
    add(fields{*host, in.file()}.table("variables"));
  inventory.known({"format", "source"});
}

std::optional<custom_fact>
read_custom_fact(const std::string& name, const value& from, input_file& file) {
  fields in{from, file};
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
      in.fail("parser", "'parser': expected Json, Yaml, Text or {\"Regex\": "
                        "{\"pattern\": \"...\"}}");
    }
  }
  fact.ttl = in.duration("cache_ttl");
  in.refuse_unknown("a custom fact");
  return command ? std::optional{fact} : std::nullopt;
}

void read_facts_template(fields& in, plan& to) {
  auto* x = in.find("facts_template");
  if (!x)
    return;
  auto* custom = fields{*x, in.file()}.table("custom_facts");
  if (!custom)
    return;
  for (auto& [name, from] : *custom)
    if (auto fact = read_custom_fact(name.as_string(), from, in.file()))
      to.custom_facts.push_back(std::move(*fact));
}

play single_play(const plan& to, const fields& in, std::string name) {
  play p;
  p.place = p.body.place = in.place();
  p.id = "play";
  p.name = std::move(name);
  p.hosts = {to.host};
  p.body.id = "play";
  p.body.name = p.name;
  return p;
}

} // namespace

void read_flat_shape(fields& in, const plan_options& options, plan& to) {
  to.shape = "FLAT";
  in.known({"troupe", "strategy", "deployment_config", "deployment", "modules",
            "module_definitions"});
  to.name = in.text("name").value_or("");
  read_metadata(in, to);
  dict vars;
  read_inventory(in, options, to, vars);
  read_facts_template(in, to);
  if (auto* settings = in.table("settings"))
    for (auto& [key, x] : *settings)
      to.settings.set(key, x);
  auto p = single_play(to, in, to.name.empty() ? to.shown_as : to.name);
  p.on_failure = read_failure_policy(in);
  p.gather_facts = in.flag("gather_facts").value_or(false);
  p.force_handlers = in.flag("force_handlers").value_or(false);
  // What a whole FLAT plan sets is what its only play sets.
  p.said = read_keywords(in, in_play);
  p.conditions = read_conditions(in);
  size_t number = 0;
  if (auto* tasks = in.find("tasks"))
    p.body.body = read_nodes(*tasks, in.file(), number);
  choose_order(p.body);
  p.handlers = read_handlers(in);
  to.vars = std::make_shared<const dict>(std::move(vars));
  to.plays.push_back(std::move(p));
}

void read_mini_shape(fields& in, const plan_options& options, plan& to) {
  to.shape = "MINI";
  to.name = in.text("group_id").value_or("");
  auto hosts = in.texts("hosts");
  to.host = !options.host.empty() ? options.host
            : hosts.size() == 1   ? hosts.front()
                                  : "localhost";
  auto p = single_play(to, in, to.name);
  size_t number = 0;
  if (auto* tasks = in.find("tasks"))
    p.body.body = read_nodes(*tasks, in.file(), number);
  choose_order(p.body);
  to.plays.push_back(std::move(p));
}

} // namespace troupe
