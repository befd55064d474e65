#include "config/language/python/time_methods.hpp"

#include "config/language/python/convert.hpp"
#include "config/language/run/objects.hpp"

#include <limits>

namespace troupe {

value time_method(const char* name, const char* parameters,
                  std::function<result<value>(const bound_arguments&)> run) {
  return make_object<function_object>(
    name, parameters,
    [run = std::move(run)](evaluator&, const bound_arguments& with) {
      return run(with);
    });
}

value weekday_method(const civil_time& x, bool iso) {
  return time_method(iso ? "isoweekday" : "weekday", "",
                     [x, iso](auto&) -> result<value> {
                       auto day = fields_of(x).tm_wday;
                       return value{iso ? (day == 0 ? 7 : day) : (day + 6) % 7};
                     });
}

result<civil_time> replaced(const civil_time& x, const bound_arguments& with,
                            size_t count) {
  auto out = x;
  int* places[] = {&out.month,  &out.day,    &out.hour,
                   &out.minute, &out.second, &out.microsecond};
  for (size_t i = 0; i < count; ++i) {
    if (!with.has(i))
      continue;
    auto n = with.integer(i);
    if (!n)
      return n.why();
    if (i == 0)
      out.year = *n;
    else if (*n < 0 || *n > std::numeric_limits<int>::max())
      // None of them is below zero; it will be told which it is.
      *places[i - 1] = -1;
    else
      *places[i - 1] = static_cast<int>(*n);
  }
  if (auto sound = check_civil_time(out); !sound)
    return sound.why();
  return out;
}

} // namespace troupe
