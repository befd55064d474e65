#include "actors/cli/plan_listing.hpp"

#include "actors/cli/run_plan.hpp"
#include "actors/run/tag_watch.hpp"
#include "actors/run/task_scope.hpp"
#include "config/language/language.hpp"
#include "config/plan/tags.hpp"
#include "config/value/nearest.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

namespace troupe {

namespace {

/// Calls `f` for each task with the tags that it has from itself and from what
/// is around it.
class tag_walk {
public:
  using visitor
    = std::function<void(const task&, const std::vector<std::string>&)>;

  /// `bodies_only`: tasks of `rescue` and `always` are passed over.
  explicit tag_walk(visitor f, bool bodies_only = false)
      : f_{std::move(f)}, bodies_only_{bodies_only} {
  }

  void go(const play& p) {
    auto scope = task_scope::of(p);
    go(p.body, scope);
  }

  void go_handlers(const play& p) {
    auto scope = task_scope::of(p);
    go(p.handlers, scope);
  }

  /// The role whose tasks are visited; null: none.
  const role_frame* role() const {
    return role_;
  }

private:
  void go(const block& b, const scope_ptr& around) {
    auto outer = std::exchange(role_, b.role ? b.role.get() : role_);
    go(b.body, around);
    for (auto* nodes : {&b.rescue, &b.always})
      if (!bodies_only_)
        go(*nodes, around);
    role_ = outer;
  }

  void go(const std::vector<node>& nodes, const scope_ptr& around) {
    for (auto& child : nodes)
      if (auto* inner = std::get_if<block>(&child.what))
        go(*inner, around->with(*inner));
      else
        visit(std::get<task>(child.what), around);
  }

  void visit(const task& t, const scope_ptr& around) {
    f_(t, around->with(t)->said.texts("tags"));
  }

  visitor f_;
  bool bodies_only_;
  const role_frame* role_ = nullptr;
};

using names = std::set<std::string>;

void add_tags(names& to, const std::vector<std::string>& tags) {
  for (auto& each : tags)
    if (!has_template(std::string_view{each}))
      to.insert(each);
}

std::string heading(const plan& p, size_t number) {
  auto& each = p.plays[number];
  return fmt::format("play {}: {}\n", number + 1,
                     terminal_line(each.name.empty() ? p.source : each.name));
}

/// Picks the tasks that a choice means.
class chosen_tasks {
public:
  explicit chosen_tasks(const task_choice& chosen) : chosen_{chosen} {
  }

  bool have(const task& t, const std::vector<std::string>& tags) const {
    return (chosen_.start_at.empty() || !t.before_start)
           && selected_by_tags(tags, chosen_.tags, chosen_.skip_tags);
  }

private:
  const task_choice& chosen_;
};

} // namespace

bool has_open_tasks(const plan& p) {
  bool open = false;
  for (auto& each : p.plays) {
    open = open || each.body.streamed != nullptr;
    auto look = [&](const task& t) {
      auto found = builtin_modules().find(t.module);
      auto engine = found ? found->spec().engine : engine_task::none;
      open = open || engine == engine_task::include
             || engine == engine_task::import
             || has_template(std::string_view{t.module});
    };
    for_each_task(each.body, look);
    for_each_task(each.handlers, look);
  }
  return open;
}

bool is_written(const task& t) {
  bool facts
    = t.name == "Gathering Facts" && t.module == "ansible.legacy.setup";
  return !t.name.empty() && !facts;
}

std::vector<std::string> tags_of(const plan& p) {
  names out;
  tag_walk walk{[&](auto&, auto& tags) { add_tags(out, tags); }};
  for (auto& each : p.plays) {
    walk.go(each);
    walk.go_handlers(each);
  }
  return {out.begin(), out.end()};
}

std::string list_tasks(const plan& p, const task_choice& chosen) {
  std::string out;
  chosen_tasks among{chosen};
  for (size_t i = 0; i < p.plays.size(); ++i) {
    out += heading(p, i);
    tag_walk{[&](const task& t, auto& tags) {
      // What nobody wrote has no name.
      if (!among.have(t, tags) || t.name.empty())
        return;
      out += fmt::format("  {:<40} {}\n", terminal_line(t.name),
                         tags.empty() ? std::string{}
                                      : terminal_line(fmt::format(
                                        "[{}]", fmt::join(tags, ", "))));
      while (out.size() > 1 && out[out.size() - 2] == ' ')
        out.erase(out.size() - 2, 1);
    }}.go(p.plays[i]);
  }
  return out;
}

std::string list_hosts(const plan& p) {
  std::string out;
  for (size_t i = 0; i < p.plays.size(); ++i) {
    auto& each = p.plays[i];
    out += heading(p, i);
    if (!p.playbook)
      out += "  " + terminal_line(p.host) + "\n";
    for (auto& host : each.foreseen_hosts)
      out += "  " + terminal_line(host) + "\n";
  }
  return out;
}

std::string list_tags(const plan& p, const task_choice& chosen) {
  std::string out;
  chosen_tasks among{chosen};
  for (size_t i = 0; i < p.plays.size(); ++i) {
    names found;
    tag_walk{[&](const task& t, auto& tags) {
      if (among.have(t, tags))
        add_tags(found, tags);
    }}.go(p.plays[i]);
    out += heading(p, i)
           + terminal_line(fmt::format("  tags: {}", fmt::join(found, ", ")))
           + "\n";
  }
  return out;
}

namespace {

/// What ansible-playbook calls a task in a list: its name with that of its
/// role, or the module alone when it has none.
std::string listed_name(const task& t, const role_frame* role) {
  auto prefix = role ? role->name + " : " : std::string{};
  auto of_role = t.module + " : ";
  bool includes_role = t.name.starts_with(of_role) && t.args
                       && of_role.find("include_role") != of_role.npos;
  return t.name == prefix + t.module || includes_role ? t.module : t.name;
}

} // namespace

std::string list_as_ansible(const plan& p, const plan_look& look,
                            const task_choice& chosen) {
  auto out = fmt::format("\nplaybook: {}\n", terminal_line(p.shown_as));
  if (!look.tasks && !look.tags && !look.hosts)
    return out;
  size_t number = 0;
  // All tasks are listed, wherever a run would begin.
  auto everywhere = chosen;
  everywhere.start_at.clear();
  chosen_tasks among{everywhere};
  for (auto& each : p.plays) {
    auto own = each.said.texts("tags");
    out += "\n  "
           + terminal_line(fmt::format("play #{} ({}): {}", ++number,
                                       fmt::join(each.hosts, ","), each.name))
           + fmt::format("\tTAGS: [{}]\n", fmt::join(own, ","));
    if (look.hosts) {
      out += fmt::format("    pattern: ['{}']\n    hosts ({}):\n",
                         fmt::join(each.hosts, "', '"),
                         each.foreseen_hosts.size());
      for (auto& host : each.foreseen_hosts)
        out += "      " + host + "\n";
    }
    names all{own.begin(), own.end()};
    std::string lines;
    tag_walk walk{[&](const task& t, auto& tags) {
                    if (!among.have(t, tags) || !is_written(t))
                      return;
                    names sorted{tags.begin(), tags.end()};
                    all.insert(sorted.begin(), sorted.end());
                    lines
                      += fmt::format("      {}\tTAGS: [{}]\n",
                                     terminal_line(listed_name(t, walk.role())),
                                     fmt::join(sorted, ", "));
                  },
                  true};
    walk.go(each);
    if (look.tasks)
      out += "    tasks:\n" + lines;
    if (look.tags)
      out += fmt::format("      TASK TAGS: [{}]\n", fmt::join(all, ", "));
  }
  return out;
}

namespace {

/// Of the tags that were asked for those that are not `known`.
std::vector<std::string> absent_tags(const task_choice& chosen,
                                     std::vector<std::string> known,
                                     std::string_view who) {
  known.insert(known.end(), {"all", "tagged", "untagged", "always", "never"});
  std::vector<std::string> out;
  auto look = [&](const char* option, const std::vector<std::string>& wanted) {
    for (auto& each : wanted)
      if (std::find(known.begin(), known.end(), each) == known.end())
        out.push_back(fmt::format("{}: no {} the tag '{}'{}", option, who, each,
                                  did_you_mean(each, known)));
  };
  look("--tags", chosen.tags);
  look("--skip-tags", chosen.skip_tags);
  return out;
}

} // namespace

std::vector<std::string> strange_tags(const plan& p,
                                      const task_choice& chosen) {
  bool none = chosen.tags.empty() && chosen.skip_tags.empty();
  if (none || has_open_tasks(p))
    return {};
  return absent_tags(chosen, tags_of(p), "task has");
}

std::vector<std::string> unseen_tags(const plan& p, const task_choice& chosen,
                                     const tag_watch& seen) {
  auto found = seen.seen();
  if (!found || !has_open_tasks(p))
    return {};
  auto known = tags_of(p);
  known.insert(known.end(), found->begin(), found->end());
  return absent_tags(chosen, std::move(known),
                     "task that the run has come to has");
}

} // namespace troupe
