#include "config/value/duration.hpp"

#include "config/value/json.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace troupe {

using std::chrono::nanoseconds;

namespace {

error not_a_duration(const value& x) {
  return {errc::invalid_argument,
          fmt::format("expected a duration (seconds, {{\"secs\", \"nanos\"}}, "
                      "or text such as \"1m30s\"), found {}",
                      to_json(x))};
}

double unit_seconds(std::string_view unit) {
  if (unit.empty() || unit == "s")
    return 1;
  if (unit == "ms")
    return 1e-3;
  if (unit == "us")
    return 1e-6;
  if (unit == "ns")
    return 1e-9;
  if (unit == "m")
    return 60;
  if (unit == "h")
    return 3600;
  if (unit == "d")
    return 86400;
  return 0;
}

/// "1m30s" in seconds; negative when it is not a duration.
double read_text(std::string_view in) {
  double total = in.empty() ? -1 : 0;
  while (!in.empty()) {
    double amount = 0;
    auto got = std::from_chars(in.data(), in.data() + in.size(), amount);
    if (got.ec != std::errc{})
      return -1;
    in.remove_prefix(static_cast<size_t>(got.ptr - in.data()));
    auto length = std::min(in.find_first_of("0123456789."), in.size());
    auto factor = unit_seconds(in.substr(0, length));
    // Two amounts of which the first has no unit make no sense: "1 30".
    if (factor == 0 || (length == 0 && !in.empty()))
      return -1;
    in.remove_prefix(length);
    total += amount * factor;
  }
  return total;
}

} // namespace

result<nanoseconds> parse_duration(const value& x) {
  double seconds = -1;
  if (x.to_int())
    seconds = static_cast<double>(*x.to_int());
  else if (x.is_real())
    seconds = x.as_real();
  else if (x.is_text())
    seconds = read_text(x.as_string());
  else if (auto* secs = x.find("secs"), *nanos = x.find("nanos");
           secs && secs->to_int() && (!nanos || nanos->to_int()))
    seconds = static_cast<double>(*secs->to_int())
              + (nanos ? static_cast<double>(*nanos->to_int()) * 1e-9 : 0);
  if (!(seconds >= 0))
    return not_a_duration(x);
  if (seconds > static_cast<double>(longest_seconds))
    return error{errc::invalid_argument,
                 fmt::format("expected a duration of at most {} seconds (100 "
                             "years), found {}",
                             longest_seconds, to_json(x))};
  return nanoseconds{static_cast<int64_t>(std::llround(seconds * 1e9))};
}

std::string format_duration(nanoseconds x) {
  auto seconds = static_cast<double>(x.count()) * 1e-9;
  if (seconds < 0.0995)
    return fmt::format("{:.1f}ms", seconds * 1e3);
  if (seconds < 60)
    return fmt::format("{:.2f}s", seconds);
  auto whole = static_cast<int64_t>(seconds);
  if (whole < 3600)
    return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m{:02}s", whole / 3600, whole / 60 % 60,
                     whole % 60);
}

} // namespace troupe
