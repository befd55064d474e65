#include "config/plan/plan_reader.hpp"

#include "config/language/language.hpp"
#include "config/plan/keywords_reader.hpp"
#include "config/plan/mistyped_play.hpp"
#include "config/plan/plan_shapes.hpp"
#include "config/plan/plan_text.hpp"
#include "config/plan/task_source.hpp"
#include "config/value/json.hpp"
#include "config/value/nearest.hpp"
#include "config/value/source_line.hpp"
#include "config/value/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace troupe {

size_t plan::task_count() const {
  size_t n = 0;
  for (auto& p : plays) {
    if (p.elsewhere)
      continue;
    for_each_task(p.body, [&](const task&) { ++n; });
    n += p.body.streamed ? p.body.streamed->size() : 0;
  }
  return n;
}

namespace {

/// A handler may be called like a task.
constexpr std::string_view handler_mark = "handler:";

/// Ids of tasks and handlers must tell them apart in the whole run, but
/// planners number them play by play, and roles bring theirs into each play:
/// ids that several plays use get their play's id in front.
class id_qualifier {
public:
  explicit id_qualifier(plan& p) : plan_{p} {
    std::map<std::string, std::set<const play*>> users;
    bool several = plan_.plays.size() > 1;
    for (auto& each : plan_.plays) {
      if (several) {
        for_each_task(each.body,
                      [&](const task& t) { users[t.id].insert(&each); });
        collect_blocks(each.body, each, users);
      }
      auto note_handler = [&](const auto& x) {
        users[x.id].insert(&each);
        // The plan itself may give it an id that begins like this.
        if (written_id(x.id, each).size() + handler_mark.size() < x.id.size())
          shared_.insert(x.id);
      };
      for_each_task(each.handlers, note_handler);
      for_each_block(each.handlers, note_handler);
    }
    for (auto& [id, plays] : users)
      if (plays.size() > 1)
        shared_.insert(id);
  }

  void run() {
    if (shared_.empty())
      return;
    for (auto& each : plan_.plays) {
      prefix_ = each.id + "/";
      rename(each.body);
      for (auto* nodes : {&each.body.body, &each.handlers})
        for (auto& child : *nodes)
          visit(child);
    }
  }

private:
  static void
  collect_blocks(const block& b, const play& owner,
                 std::map<std::string, std::set<const play*>>& users) {
    for (auto* nodes : {&b.body, &b.rescue, &b.always})
      for (auto& child : *nodes)
        if (auto* inner = std::get_if<block>(&child.what)) {
          users[inner->id].insert(&owner);
          collect_blocks(*inner, owner, users);
        }
  }

  void fix(std::string& id) {
    if (shared_.contains(id))
      id.insert(id.starts_with(handler_mark) ? handler_mark.size() : 0,
                prefix_);
  }

  template <class T>
  void rename(T& x) {
    fix(x.id);
    for (auto& id : x.dependencies)
      fix(id);
  }

  void visit(node& n) {
    if (auto* t = std::get_if<task>(&n.what)) {
      rename(*t);
      return;
    }
    auto& b = std::get<block>(n.what);
    rename(b);
    for (auto* nodes : {&b.body, &b.rescue, &b.always})
      for (auto& child : *nodes)
        visit(child);
  }

  plan& plan_;
  std::set<std::string> shared_;
  std::string prefix_;
};

bool is_parsed_playbook(const value& document) {
  auto* plays = document.find("plays");
  if (!plays || !plays->is_list() || document.find("troupe"))
    return false;
  for (auto& each : plays->as_list())
    if (each.find("tasks") && !each.find("batches"))
      return true;
  return false;
}

/// Whether a plan without this entry at its top would do something else than
/// what is written there.
bool changes_meaning(std::string_view name, const value& document) {
  constexpr std::string_view of_playbooks[]
    = {"hosts",      "roles",       "pre_tasks",      "post_tasks",
       "vars_files", "vars_prompt", "import_playbook"};
  if (std::find(std::begin(of_playbooks), std::end(of_playbooks), name)
      == std::end(of_playbooks))
    return false;
  auto* x = document.find(name);
  return x && !x->is_null() && !(x->is_list() && x->as_list().empty());
}

/// A play without hosts, perhaps by a typing error.
void refuse_hostless(const value& entry, input_file& file) {
  for (auto& [key, x] : entry.as_dict())
    if (auto meant = did_you_mean(key.text_or(""), {"hosts"}); !meant.empty())
      return file.refuse(
        key, fmt::format("a play has no '{}'{}", to_display(key), meant));
  file.refuse(entry, "a play needs 'hosts', those that it is for, such as "
                     "'localhost' or 'all'");
}

/// What has neither plays nor tasks, perhaps by a typing error.
void refuse_other(fields& in, const value& document) {
  constexpr auto* why = "this is not an execution plan: it has neither "
                        "\"plays\" nor \"tasks\", a list of what to do";
  const std::vector<std::string> wanted{"plays", "tasks"};
  for (auto& name : in.unknown())
    if (auto* x = document.find(name); x->is_list())
      if (auto meant = did_you_mean(name, wanted); !meant.empty())
        return in.fail_key(name, why + meant);
  in.file().refuse(document, why);
}

/// What has no entries at all; false for what has.
bool refuse_nothing(const value& document, input_file& file) {
  constexpr auto* wanted
    = "a playbook is a list of plays, and a plan has 'tasks'";
  if (document.is_null() || (document.is_list() && document.as_list().empty()))
    file.refuse(document, fmt::format("there is nothing in it: {}", wanted));
  else if (!document.is_list() && !document.is_dict())
    file.refuse(document, fmt::format("this is neither a playbook nor a plan "
                                      "but {}: {}",
                                      excerpt_of(document), wanted));
  else
    return false;
  return true;
}

/// A key at the top that no shape knows: other programs leave theirs there, but
/// a typing error would lose what stands below it.
void pass_over(fields& in, std::string_view name, plan& p) {
  auto meant = in.mistyped(name, keyword_names(in_play));
  if (!meant.empty())
    return in.fail_key(name, fmt::format("a plan has no '{}'; did you mean "
                                         "'{}'?",
                                         name, meant));
  p.warnings.push_back(
    fmt::format("{}: the plan's '{}' is not used",
                to_string(part_of(in.place(), in.place_of_key(name))), name));
}

} // namespace

plan read_plan(const value& document, std::string source,
               const plan_options& options, problems& out) {
  plan p;
  p.source = std::move(source);
  p.shown_as = options.shown_as.empty() ? p.source : options.shown_as;
  input_file file{std::make_shared<const std::string>(p.shown_as), out};
  if (refuse_nothing(document, file))
    return p;
  if (document.is_list()) {
    bool mistyped = false;
    for (auto& each : document.as_list())
      mistyped = refuse_mistyped_play(each, file) || mistyped;
    if (mistyped)
      return p;
    for (auto& each : document.as_list())
      if ((each.find("tasks") || each.find("roles")) && !each.find("hosts")) {
        refuse_hostless(each, file);
        return p;
      }
    file.refuse(document, "this is a list, not an execution plan: put 'tasks:' "
                          "above the list of what to do");
    return p;
  }
  fields in{document, file};
  if (is_parsed_playbook(document)) {
    file.refuse(document,
                "this is a parsed playbook, not an execution plan (its plays "
                "have tasks but no batches): run it through the planner first");
    return p;
  }
  if (document.find("plays"))
    read_play_shape(in, options, p);
  else if (document.find("tasks") && document.find("group_id"))
    read_mini_shape(in, options, p);
  else if (document.find("tasks"))
    read_flat_shape(in, options, p);
  else {
    refuse_other(in, document);
    return p;
  }
  for (auto& name : in.unknown())
    if (changes_meaning(name, document))
      in.fail_key(name,
                  fmt::format("'{}' stands in a play of a playbook, and a plan "
                              "without it would do something else: a playbook "
                              "is a list, whose plays begin with '- '",
                              name));
    else
      pass_over(in, name, p);
  qualify_ids(p);
  return p;
}

void qualify_ids(plan& p) {
  id_qualifier{p}.run();
}

std::string_view written_id(std::string_view handler, const play& of) {
  if (handler.starts_with(handler_mark))
    handler.remove_prefix(handler_mark.size());
  if (handler.starts_with(of.id)
      && handler.substr(of.id.size()).starts_with('/'))
    handler.remove_prefix(of.id.size() + 1);
  return handler;
}

plan_limits limits_of(const settings& from) {
  return {from.plan_size_limit,
          from.plan_depth_limit,
          from.plan_text_limit,
          from.plan_alias_limit,
          false,
          nullptr,
          nullptr};
}

namespace {

result<value> parse_yaml_plan(std::string_view text, const std::string& source,
                              const plan_limits& limits,
                              text_position* failed_at) {
  yaml_limits bounds;
  bounds.bytes = limits.bytes / 4;
  bounds.depth = limits.depth;
  bounds.text_bytes = limits.text_bytes;
  bounds.alias_nodes = limits.alias_nodes;
  bounds.places = true;
  bounds.last_key_wins = limits.last_key_wins;
  bounds.passed_over = limits.passed_over;
  bounds.vault = limits.vault;
  return parse_yaml(text, source, bounds, failed_at);
}

} // namespace

namespace {

result<value> parse_either(std::string_view text, const std::string& source,
                           const plan_limits& limits,
                           text_position& failed_at) {
  auto first = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  bool json = first == std::string_view::npos || text[first] == '{'
              || text[first] == '[';
  if (!json)
    return parse_yaml_plan(text, source, limits, &failed_at);
  auto root = parse_json(
    text, {limits.bytes, limits.depth, limits.text_bytes, {1, 1}}, &failed_at);
  if (root)
    return root;
  error why{errc::invalid_plan,
            fmt::format("{}:{}", source, root.why().message)};
  if (first == std::string_view::npos || source.ends_with(".json")
      || text.size() > limits.bytes)
    return why;
  text_position yaml_end;
  auto other = parse_yaml_plan(text, source, limits, &yaml_end);
  if (!other && yaml_end <= failed_at)
    return why;
  failed_at = yaml_end;
  return other;
}

} // namespace

result<value> parse_plan(std::string_view text, const std::string& source,
                         const plan_limits& limits) {
  text_position failed_at;
  auto out = parse_either(text, source, limits, failed_at);
  if (out || failed_at.line == 0)
    return out;
  auto why = out.why();
  why.message += shown_line(text, failed_at);
  return why;
}

} // namespace troupe
