#include "config/plan/conditions_reader.hpp"
#include "config/plan/keywords_reader.hpp"
#include "config/plan/plan_reader_task.hpp"
#include "config/plan/plan_shapes.hpp"
#include "config/plan/policy_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace troupe {

namespace {

const std::vector<std::string> strategies{
  "Linear",  "Free",    "HostPinned", "BinaryHybrid", "BinaryOnly",
  "SshOnly", "Rolling", "linear",     "free",         "host_pinned"};

void read_strategy(fields& in) {
  auto* x = in.find("strategy");
  if (x && x->find("Rolling"))
    return;
  if (x)
    in.word("strategy", strategies);
}

/// `{group_id, tasks, max_parallelism}`: which tasks may run side by side.
struct parallel_group {
  std::string id;
  std::vector<std::string> tasks;
  std::optional<unsigned> limit;
  source_place place;
  /// One for each of `tasks`.
  std::vector<text_position> task_marks;
};

std::vector<parallel_group> read_groups(fields& in) {
  std::vector<parallel_group> groups;
  auto* x = in.find("parallel_groups");
  if (!x)
    return groups;
  if (!x->is_list()) {
    in.fail("parallel_groups", "expected a list of parallel groups");
    return groups;
  }
  for (auto& each : x->as_list()) {
    fields g{each, in.file()};
    parallel_group group;
    group.place = g.place();
    group.id
      = g.text("group_id").value_or(fmt::format("group-{}", groups.size()));
    group.tasks = g.texts("tasks", false, &group.task_marks);
    if (auto n = g.integer("max_parallelism", 1, 1'000'000))
      group.limit = static_cast<unsigned>(*n);
    g.known({"shared_resources"});
    g.refuse_unknown("a parallel group");
    groups.push_back(std::move(group));
  }
  return groups;
}

void report_missing(const std::vector<parallel_group>& groups, const block& b,
                    input_file& file) {
  std::set<std::string> ids;
  for_each_task(b, [&](const task& t) { ids.insert(t.id); });
  for (auto& each : groups)
    for (size_t i = 0; i < each.tasks.size(); ++i)
      if (!ids.contains(each.tasks[i]))
        file.refuse(each.task_marks[i],
                    fmt::format("the batch has no task '{}'", each.tasks[i]));
}

/// Puts the tasks of each group into a block of their own, which stands where
/// the first of them stood.
void fold_groups(block& b, const std::vector<parallel_group>& groups) {
  std::map<std::string, size_t> group_of;
  for (size_t i = 0; i < groups.size(); ++i)
    for (auto& id : groups[i].tasks)
      group_of.emplace(id, i);
  std::vector<node> folded;
  std::map<size_t, size_t> place;
  for (auto& child : b.body) {
    auto* t = std::get_if<task>(&child.what);
    auto found = t ? group_of.find(t->id) : group_of.end();
    if (found == group_of.end()) {
      folded.push_back(std::move(child));
      continue;
    }
    auto& group = groups[found->second];
    auto [at, added] = place.emplace(found->second, folded.size());
    if (added) {
      block inner;
      inner.id = b.id + "/" + group.id;
      inner.name = group.id;
      inner.order = block_order::graph;
      inner.max_parallelism = group.limit;
      inner.place = group.place;
      folded.push_back(node{std::move(inner)});
    }
    std::get<block>(folded[at->second].what).body.push_back(std::move(child));
  }
  b.body = std::move(folded);
}

block read_batch(const value& from, input_file& file, size_t index,
                 size_t& number) {
  fields in{from, file};
  block b;
  b.place = in.place();
  b.id = in.text("batch_id").value_or(fmt::format("batch-{}", index));
  b.name = b.id;
  if (auto* hosts = in.find("hosts"))
    add_host_condition(b.conditions, *hosts, file);
  b.dependencies = in.texts("dependencies", false, &b.dependency_marks);
  if (auto* tasks = in.find("tasks"))
    b.body = read_nodes(*tasks, file, number);
  auto groups = read_groups(in);
  report_missing(groups, b, file);
  choose_order(b);
  fold_groups(b, groups);
  in.known({"estimated_duration"});
  in.refuse_unknown("a batch");
  return b;
}

play read_play(const value& from, input_file& file, size_t index) {
  fields in{from, file};
  play p;
  p.place = in.place();
  p.id = in.text("play_id").value_or(fmt::format("play-{}", index));
  p.name = in.text("name").value_or(p.id);
  read_strategy(in);
  if (auto* hosts = in.find("hosts")) {
    p.hosts = in.texts("hosts");
    add_host_condition(p.conditions, *hosts, file);
  }
  std::vector<std::string> unknown;
  p.said = read_keywords(in, in_play, unknown);
  for (auto& each : read_conditions(in))
    p.conditions.push_back(std::move(each));
  p.gather_facts = in.flag("gather_facts").value_or(false);
  p.force_handlers = in.flag("force_handlers").value_or(false);
  p.on_failure = read_failure_policy(in);
  p.body.id = p.id;
  p.body.name = p.name;
  p.body.place = p.place;
  size_t number = 0;
  if (auto* tasks = in.find("tasks")) {
    p.body.body = read_nodes(*tasks, file, number);
    choose_order(p.body);
  } else if (auto* batches = in.find("batches");
             batches && batches->is_list()) {
    auto& items = batches->as_list().items;
    for (size_t i = 0; i < items.size(); ++i)
      p.body.body.push_back(node{read_batch(items[i], file, i, number)});
    choose_order(p.body);
  } else {
    in.fail("batches", "a play needs a list of batches");
  }
  p.handlers = read_handlers(in);
  for (auto& name : unknown)
    refuse_unknown_keyword(in, in_play, name);
  return p;
}

/// Run-time settings that a deployment carries for this host.
void read_deployments(fields& in, plan& to) {
  auto* x = in.find("binary_deployments");
  if (!x || !x->is_list())
    return;
  for (auto& each : x->as_list()) {
    fields d{each, in.file()};
    auto hosts = d.texts("target_hosts");
    if (!hosts.empty()
        && std::find(hosts.begin(), hosts.end(), to.host) == hosts.end())
      continue;
    for (auto* key : {"controller_endpoint", "execution_timeout",
                      "report_interval", "cleanup_on_completion", "log_level"})
      if (auto* setting = d.find(key))
        to.settings.set(key, *setting);
    return;
  }
}

/// The host this plan is run as: the one asked for, "localhost" if the plan
/// knows it, or the first.
void choose_host(fields& in, const plan_options& options, plan& to) {
  auto hosts = in.texts("hosts");
  if (!options.host.empty())
    to.host = options.host;
  else if (hosts.empty()
           || std::find(hosts.begin(), hosts.end(), "localhost") != hosts.end())
    to.host = "localhost";
  else
    to.host = hosts.front();
  if (options.host.empty() && hosts.size() > 1 && to.host != "localhost")
    to.warnings.push_back(fmt::format(
      "the plan names {} hosts and runs as '{}'; choose with --host",
      hosts.size(), to.host));
}

} // namespace

void read_play_shape(fields& in, const plan_options& options, plan& to) {
  to.shape = in.find("metadata") || in.has("hosts") ? "PLAY" : "BIN";
  in.known({"troupe", "total_tasks", "estimated_duration",
            "estimated_compilation_time", "parallelism_score",
            "network_efficiency_score"});
  choose_host(in, options, to);
  to.name = in.text("name").value_or("");
  read_metadata(in, to);
  if (auto* vars = in.table("vars"))
    to.vars = std::make_shared<const dict>(*vars);
  read_deployments(in, to);
  auto* plays = in.find("plays");
  if (!plays)
    return;
  if (!plays->is_list()) {
    in.fail("plays", "expected a list of plays");
    return;
  }
  std::set<std::string> ids;
  for (auto& each : plays->as_list()) {
    to.plays.push_back(read_play(each, in.file(), to.plays.size()));
    auto& id = to.plays.back().id;
    if (!ids.insert(id).second)
      fields{each, in.file()}.fail(
        "play_id", fmt::format("the play id '{}' is used twice", id));
  }
}

} // namespace troupe
