#include "actors/state/plan_task.hpp"

#include "actors/state/reopened.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// What stands in front of `mark` and a number; all when there is none.
std::string_view before_number(std::string_view id, char mark) {
  auto at = id.rfind(mark);
  if (at == std::string_view::npos || at + 1 == id.size())
    return id;
  auto number = id.substr(at + 1);
  bool is_number = std::all_of(number.begin(), number.end(),
                               [](char c) { return c >= '0' && c <= '9'; });
  return is_number ? id.substr(0, at) : id;
}

} // namespace

std::string task_of(const std::string& id, const known_tasks& known) {
  static const auto end = background_job_id({}, {});
  if (known(id) || !id.ends_with(end))
    return id;
  auto own = id.substr(0, id.size() - end.size());
  // Each item of a loop has left one, and each attempt.
  auto whole = before_number(own, '.');
  for (std::string_view each :
       {std::string_view{own}, whole, without_count(own), without_count(whole)})
    if (std::string task{each}; known(task))
      return task;
  return id;
}

std::string_view without_count(std::string_view id) {
  return before_number(id, '#');
}

} // namespace troupe
