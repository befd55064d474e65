#include "config/plan/plan_check.hpp"

#include "config/language/language.hpp"
#include "config/plan/task_graph.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace troupe {

namespace {

class id_checker {
public:
  explicit id_checker(problems& out) : out_{out} {
  }

  void run(const play& p) {
    std::unordered_map<std::string, std::string> seen;
    auto note = [&](const std::string& id, const std::string& pointer) {
      auto [known, added] = seen.emplace(id, pointer);
      if (!added)
        out_.push_back({pointer, fmt::format("the id '{}' is used twice; first "
                                             "at {}",
                                             id, known->second)});
      else
        names_.push_back(id);
    };
    for_each_block(p.body, [&](const block& b) {
      if (&b != &p.body)
        note(b.id, b.pointer);
    });
    for_each_task(p.body, [&](const task& t) { note(t.id, t.pointer); });
    known_ = std::unordered_set<std::string>{names_.begin(), names_.end()};
    for_each_block(p.body,
                   [&](const block& b) { check(b.dependencies, b.pointer); });
    for_each_task(p.body,
                  [&](const task& t) { check(t.dependencies, t.pointer); });
    std::unordered_set<std::string> handlers;
    for (auto& h : p.handlers)
      if (!handlers.insert(h.id).second)
        out_.push_back(
          {h.pointer, fmt::format("the handler id '{}' is used twice",
                                  h.id.substr(h.id.find(':') + 1))});
  }

private:
  void check(const std::vector<std::string>& wanted,
             const std::string& pointer) {
    for (size_t i = 0; i < wanted.size(); ++i)
      if (!known_.contains(wanted[i]))
        out_.push_back(
          {fmt::format("{}/dependencies/{}", pointer, i),
           fmt::format("no task or batch has the id '{}'{}", wanted[i],
                       did_you_mean(wanted[i], names_))});
  }

  problems& out_;
  std::vector<std::string> names_;
  std::unordered_set<std::string> known_;
};

void check_notifications(const play& p, problems& out) {
  std::vector<std::string> names;
  for (auto& h : p.handlers) {
    names.push_back(h.name);
    names.push_back(h.id.substr(h.id.find(':') + 1));
    names.insert(names.end(), h.listen.begin(), h.listen.end());
  }
  auto check = [&](const task& t) {
    for (auto& wanted : t.notify)
      if (!has_template(std::string_view{wanted})
          && std::find(names.begin(), names.end(), wanted) == names.end())
        out.push_back({pointer_to(t.pointer, "notify"),
                       fmt::format("no handler is called '{}' or listens to "
                                   "it{}",
                                   wanted, did_you_mean(wanted, names))});
  };
  for_each_task(p.body, check);
  for (auto& h : p.handlers)
    check(h);
}

/// Compiles every expression and template without evaluating it.
class syntax_checker {
public:
  syntax_checker(const language& templates, problems& out)
      : templates_{templates}, out_{out} {
  }

  void check(const task& t) {
    owner_ = fmt::format("task '{}'", t.id);
    check(t.common);
    expression(t.until, pointer_to(t.pointer, "until"));
    expression(t.failed_when, pointer_to(t.pointer, "failed_when"));
    expression(t.changed_when, pointer_to(t.pointer, "changed_when"));
    texts(t.loop, pointer_to(t.pointer, "loop"));
    if (t.args)
      texts(*t.args, pointer_to(t.pointer, "args"));
  }

  void check(const block& b) {
    owner_ = fmt::format("block '{}'", b.id);
    check(b.common);
  }

  void check(const keywords& k) {
    for (auto& c : k.conditions)
      if (auto* when = std::get_if<when_condition>(&c.what))
        expression(when->expression, c.pointer);
  }

private:
  void expression(const value& x, const std::string& pointer) {
    if (x.is_list()) {
      for (size_t i = 0; i < x.as_list().size(); ++i)
        expression(x.as_list().items[i], pointer_to(pointer, i));
    } else if (x.is_text()) {
      note(templates_.check_condition(x.as_string()), pointer);
    }
  }

  void texts(const value& x, const std::string& pointer) {
    if (x.is_text()) {
      if (has_template(std::string_view{x.as_string()}))
        note(templates_.check_template(x.as_string()), pointer);
    } else if (x.is_list()) {
      for (size_t i = 0; i < x.as_list().size(); ++i)
        texts(x.as_list().items[i], pointer_to(pointer, i));
    } else if (x.is_dict()) {
      texts(x.as_dict(), pointer);
    }
  }

  void texts(const dict& x, const std::string& pointer) {
    for (auto& [key, item] : x)
      texts(item, pointer_to(pointer, key.text_or("")));
  }

  void note(const result<void>& got, const std::string& pointer) {
    if (!got)
      out_.push_back(
        {pointer, fmt::format("{}: {}", owner_, got.why().message)});
  }

  const language& templates_;
  problems& out_;
  std::string owner_;
};

/// Keywords that the plan format has and this engine does not run yet.
void refuse_unsupported(const keywords& k, const std::string& pointer,
                        problems& out) {
  auto refuse = [&](const char* name) {
    out.push_back({pointer_to(pointer, name),
                   fmt::format("'{}' is not supported yet", name)});
  };
  auto& method = k.become_method;
  if (!method.empty() && method != "sudo" && method != "su")
    out.push_back({pointer_to(pointer, "become_method"),
                   fmt::format("expected sudo or su, found '{}'", method)});
  auto target = k.delegate_to.text_or("localhost");
  if (!k.delegate_to.is_null() && target != "localhost"
      && target != "127.0.0.1")
    refuse("delegate_to");
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
    for (auto& cycle : graph.cycles())
      out.push_back({each.pointer, describe_cycle(graph, cycle)});
  }
}

void check_plan(const plan& p, const language& templates, problems& out) {
  syntax_checker syntax{templates, out};
  for (auto& each : p.plays) {
    id_checker{out}.run(each);
    check_notifications(each, out);
    refuse_unsupported(each.common, each.pointer, out);
    syntax.check(each.common);
    for_each_block(each.body, [&](const block& b) {
      syntax.check(b);
      refuse_unsupported(b.common, b.pointer, out);
    });
    auto check = [&](const task& t) {
      syntax.check(t);
      refuse_unsupported(t.common, t.pointer, out);
    };
    for_each_task(each.body, check);
    for (auto& h : each.handlers)
      check(h);
  }
  check_cycles(p, out);
}

} // namespace troupe
