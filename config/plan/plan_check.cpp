#include "config/plan/plan_check.hpp"

#include "config/language/language.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/plan/task_graph.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace troupe {

namespace {

text_position mark_at(const std::vector<text_position>& marks, size_t i) {
  return i < marks.size() ? marks[i] : text_position{};
}

class id_checker {
public:
  explicit id_checker(problems& out) : out_{out} {
  }

  void run(const play& p) {
    for_each_block(p.body, [&](const block& b) {
      if (&b != &p.body)
        note(b.id, b.place);
    });
    for_each_task(
      p.body, [&](const task& t) { note(t.id, part_of(t.place, t.marks.id)); });
    for (auto& [id, place] : places_)
      names_.push_back(id);
    for_each_block(p.body, [&](const block& b) {
      check(b.dependencies, b.dependency_marks, b.place);
    });
    for_each_task(p.body, [&](const task& t) {
      check(t.dependencies, t.marks.dependencies, t.place);
    });
    std::unordered_set<std::string> handlers;
    auto note_handler = [&](const std::string& id, const source_place& place) {
      if (!handlers.insert(id).second)
        out_.push_back({place, fmt::format("the handler id '{}' is used twice",
                                           written_id(id, p))});
    };
    for_each_block(p.handlers,
                   [&](const block& b) { note_handler(b.id, b.place); });
    for_each_task(p.handlers, [&](const task& h) {
      note_handler(h.id, part_of(h.place, h.marks.id));
    });
  }

private:
  void note(const std::string& id, const source_place& place) {
    auto [known, added] = places_.emplace(id, place);
    if (added)
      return;
    auto first = to_string(known->second);
    out_.push_back(
      {place, fmt::format("the id '{}' is used twice{}{}", id,
                          first.empty() ? "" : "; first at ", first)});
  }

  void check(const std::vector<std::string>& wanted,
             const std::vector<text_position>& marks,
             const source_place& place) {
    for (size_t i = 0; i < wanted.size(); ++i)
      if (!places_.contains(wanted[i]))
        out_.push_back(
          {part_of(place, mark_at(marks, i)),
           fmt::format("no task or batch has the id '{}'{}", wanted[i],
                       did_you_mean(wanted[i], names_))});
  }

  problems& out_;
  std::unordered_map<std::string, source_place> places_;
  std::vector<std::string> names_;
};

void check_notifications(const play& p, problems& out) {
  std::vector<std::string> names;
  // What such a one is called is only known when tasks run.
  bool open = false;
  auto add = [&](const auto& h) {
    open = open || has_template(std::string_view{h.name});
    names.push_back(h.name);
    names.emplace_back(written_id(h.id, p));
    names.insert(names.end(), h.listen.begin(), h.listen.end());
  };
  for_each_block(p.handlers, add);
  for_each_task(p.handlers, add);
  if (open)
    return;
  auto check = [&](const auto& t) {
    auto* said = t.said.find("notify");
    if (!said || !said->x.is_list())
      return;
    for (auto& each : said->x.as_list()) {
      auto& wanted = each.as_string();
      if (!has_template(each)
          && std::find(names.begin(), names.end(), wanted) == names.end())
        out.push_back(
          {place_of(each, t.place),
           fmt::format("no handler is called '{}' or listens to it{}", wanted,
                       did_you_mean(wanted, names))});
    }
  };
  for_each_block(p.body, check);
  for_each_task(p.body, check);
  for_each_block(p.handlers, check);
  for_each_task(p.handlers, check);
}

/// Compiles every expression and template without evaluating it.
class syntax_checker {
public:
  syntax_checker(const language& templates, problems& out,
                 const arguments_of_task& arguments)
      : templates_{templates}, out_{out}, arguments_{arguments} {
  }

  void check(const task& t) {
    // Only an id that a person gave tells more than the place does.
    owner_ = t.has_own_id() || t.place.at.line == 0
               ? fmt::format("task '{}': ", t.id)
               : std::string{};
    check(t.said, t.conditions, t.place);
    check(t.control.said, {}, t.place);
    texts(t.control.label, t.place);
    for (auto* x : {&t.until, &t.failed_when, &t.changed_when})
      expression(*x, t.place);
    texts(t.loop, t.place);
    if (t.args)
      texts(arguments_ ? arguments_(t) : *t.args, t.place);
  }

  void check(const block& b) {
    owner_ = b.place.at.line > 0 ? "" : fmt::format("block '{}': ", b.id);
    check(b.said, b.conditions, b.place);
  }

  void check(const play& p) {
    owner_ = p.place.at.line > 0 ? "" : fmt::format("play '{}': ", p.id);
    check(p.said, p.conditions, p.place);
  }

private:
  void check(const keywords& said, const std::vector<condition>& conditions,
             const source_place& around) {
    for (auto& each : conditions)
      if (auto* when = std::get_if<when_condition>(&each.what))
        expression(when->expression, each.place);
    for (auto& each : said)
      if (each.pending && each.row().type == keyword_type::condition) {
        keyword_ = fmt::format("'{}': ", each.row().name);
        expression(each.x, around);
        keyword_.clear();
      } else if (each.pending)
        texts(each.x, around);
  }

  void expression(const value& x, const source_place& around) {
    auto place = place_of(x, around);
    if (x.is_list()) {
      for (auto& each : x.as_list())
        expression(each, place);
    } else if (x.is_text()) {
      note(templates_.check_condition(x.as_string()), place);
    }
  }

  void texts(const value& x, const source_place& around) {
    if (x.is_text() && has_template(std::string_view{x.as_string()}))
      note(templates_.check_template(x.as_string()), place_of(x, around));
    else if (x.is_list())
      for (auto& each : x.as_list())
        texts(each, around);
    else if (x.is_dict())
      texts(x.as_dict(), around);
  }

  void texts(const dict& x, const source_place& around) {
    for (auto& [key, item] : x)
      texts(item, around);
  }

  void note(const result<void>& got, const source_place& place) {
    if (!got)
      out_.push_back(
        {place, owner_ + keyword_ + got.why().message, got.why().detail});
  }

  const language& templates_;
  problems& out_;
  const arguments_of_task& arguments_;
  std::string owner_;
  // Where what is wrong is a condition and does not look like one.
  std::string keyword_;
};

/// Keywords that the plan format has and this engine does not run yet.
void refuse_unsupported(const keywords& said, const source_place& around,
                        const std::string& host, problems& out) {
  auto* target = said.known("delegate_to");
  if (target && target->text_or("") != "localhost"
      && target->text_or("") != "127.0.0.1" && target->text_or("") != host)
    out.push_back(
      {place_of(*target, around), "'delegate_to' is not supported yet"});
}

std::string describe_cycle(const task_graph& graph,
                           const std::vector<task_graph::point>& cycle) {
  std::vector<std::string> names;
  bool implied = false;
  for (auto at : cycle) {
    std::string name;
    if (auto* t = graph.task_at(at))
      name = t->id;
    else if (auto* b = graph.block_at(at); b && !b->id.empty())
      name = fmt::format("batch {}", b->id);
    implied = implied || !graph.task_at(at);
    if (!name.empty() && (names.empty() || names.back() != name))
      names.push_back(name);
  }
  // Start where the plan names the first of them.
  auto first = std::min_element(names.begin(), names.end());
  std::rotate(names.begin(), first, names.end());
  std::string text = "dependency cycle: ";
  for (auto& name : names)
    text += name + " -> ";
  text += names.front();
  if (implied)
    text += " (a batch waits for the one before it)";
  return text;
}

} // namespace

void check_cycles(const plan& p, problems& out) {
  for (auto& each : p.plays) {
    task_graph graph{each};
    for (auto& cycle : graph.cycles()) {
      auto first = std::find_if(cycle.begin(), cycle.end(), [&](auto at) {
        return graph.task_at(at) != nullptr;
      });
      out.push_back(
        {first == cycle.end() ? each.place : graph.task_at(*first)->place,
         describe_cycle(graph, cycle)});
    }
  }
}

void check_syntax(const plan& p, const language& templates, problems& out,
                  const arguments_of_task& arguments) {
  syntax_checker syntax{templates, out, arguments};
  auto check = [&](const auto& each) { syntax.check(each); };
  for (auto& each : p.plays) {
    check(each);
    for_each_block(each.body, check);
    for_each_task(each.body, check);
    for_each_block(each.handlers, check);
    for_each_task(each.handlers, check);
  }
}

void check_plan(const plan& p, const language& templates, problems& out) {
  for (auto& each : p.plays) {
    id_checker{out}.run(each);
    // What a playbook says is looked at when the task runs.
    if (p.playbook)
      continue;
    check_notifications(each, out);
    auto check = [&](const auto& x) {
      refuse_unsupported(x.said, x.place, p.host, out);
    };
    check(each);
    for_each_block(each.body, check);
    for_each_task(each.body, check);
    for_each_block(each.handlers, check);
    for_each_task(each.handlers, check);
  }
  if (!p.playbook)
    check_syntax(p, templates, out);
  check_cycles(p, out);
}

} // namespace troupe
