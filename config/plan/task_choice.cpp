#include "config/plan/task_choice.hpp"

#include "config/plan/tags.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>

namespace troupe {

std::string_view name_in_role(std::string_view name) {
  constexpr std::string_view behind_role = " : ";
  auto at = name.find(behind_role);
  return at == name.npos ? name : name.substr(at + behind_role.size());
}

namespace {

/// Goes through the tasks in the order in which they stand.
class starter {
public:
  explicit starter(const std::string& wanted) : wanted_{wanted} {
  }

  bool found() const {
    return found_;
  }

  const std::vector<std::string>& names() const {
    return names_;
  }

  void skip_in(block& b) {
    for (auto* nodes : {&b.body, &b.rescue, &b.always})
      for (auto& child : *nodes)
        if (auto* inner = std::get_if<block>(&child.what))
          skip_in(*inner);
        else
          skip(std::get<task>(child.what));
  }

private:
  void skip(task& t) {
    if (!found_)
      found_ = is_start(t, wanted_);
    if (found_)
      return;
    names_.emplace_back(name_in_role(t.name));
    if (names_.back() != t.name)
      names_.push_back(t.name);
    t.before_start = true;
  }

  const std::string& wanted_;
  bool found_ = false;
  std::vector<std::string> names_;
};

} // namespace

bool is_start(const task& t, const std::string& name) {
  return is_start(t.id, t.name, name);
}

bool is_start(std::string_view id, std::string_view task_name,
              const std::string& name) {
  return id == name || glob_matches(name, task_name)
         || glob_matches(name, name_in_role(task_name));
}

namespace {

/// A task that collects facts because the play says nothing against it, rather
/// than because somebody has written it there, runs wherever the play begins.
void keep_facts(play& p) {
  auto& all = p.body.body;
  auto* first = all.empty() ? nullptr : std::get_if<task>(&all.front().what);
  if (first && first->module == "ansible.legacy.setup"
      && first->place == p.place)
    first->before_start = false;
}

} // namespace

result<void> begin_at(plan& p, const std::string& name) {
  starter from{name};
  for (auto& each : p.plays) {
    auto earlier = from.found();
    from.skip_in(each.body);
    if (from.found() && !earlier)
      keep_facts(each);
  }
  if (from.found())
    return {};
  return error{errc::invalid_argument,
               fmt::format("--start-at-task: no task is called '{}'{}", name,
                           did_you_mean(name, from.names()))};
}

} // namespace troupe
