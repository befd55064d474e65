#include "config/language/language.hpp"
#include "config/language/library/tables.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/language/python/datetime.hpp"
#include "config/language/python/numbers.hpp"
#include "config/language/run/evaluator.hpp"
#include "platform/host.hpp"

#include <cmath>

namespace troupe {

namespace {

result<value> to_datetime(evaluator&, const value& x,
                          const bound_arguments& with) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!x.is_text())
    return failure(errc::type, "strptime() argument 1 must be str, not {}",
                   python_type(x));
  auto format = with.text(0, "%Y-%m-%d %H:%M:%S");
  if (!format)
    return format.why();
  auto out = parse_time(x.as_string(), *format);
  return out ? result<value>{make_datetime(*out)} : out.why();
}

result<value> format_moment(evaluator& e, const value& x,
                            const bound_arguments& with) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!x.is_text())
    return failure(errc::type, "strftime() argument 1 must be str, not {}",
                   python_type(x));
  auto machine = e.run_state().machine();
  if (!machine)
    return machine.why();
  auto& clock = (*machine)->clock();
  auto when = std::chrono::system_clock::to_time_t(clock.now());
  if (with.has(0) && !with[0].is_null()) {
    std::optional<double> seconds;
    if (is_number(with[0]))
      seconds = to_real(with[0]);
    else if (with[0].is_text())
      if (auto n
          = parse_real(strip(with[0].as_string(), std::nullopt, true, true)))
        seconds = n->as_real();
    if (!seconds || !(std::fabs(*seconds) < 1e14))
      return failure(errc::filter, "Invalid value for epoch value ({})",
                     to_display(with[0]));
    when = static_cast<time_t>(std::floor(*seconds));
  }
  std::tm fields{};
  if (with.flag(1))
    gmtime_r(&when, &fields);
  else
    fields = clock.local_time(when);
  // %s asks the local zone even of UTC fields, as in C.
  return value{
    format_time(x.as_string(), fields, clock.from_local_time(fields))};
}

constexpr filter_row time_filter_rows[] = {
  {"to_datetime", "format=", to_datetime},
  {"strftime", "second= utc=", format_moment},
};

} // namespace

std::span<const filter_row> time_filters() {
  return time_filter_rows;
}

} // namespace troupe
