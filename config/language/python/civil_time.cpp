#include "config/language/python/civil_time.hpp"

#include "config/language/python/convert.hpp"
#include "platform/host.hpp"

#include <fmt/format.h>

#include <chrono>

namespace troupe {

namespace {

int64_t days_from_civil(int64_t year, int month, int day) {
  std::chrono::sys_days days{std::chrono::year{static_cast<int>(year)}
                             / std::chrono::month{static_cast<unsigned>(month)}
                             / std::chrono::day{static_cast<unsigned>(day)}};
  return days.time_since_epoch().count();
}

civil_time civil_fields(const std::tm& x) {
  return {x.tm_year + 1900, x.tm_mon + 1, x.tm_mday, x.tm_hour,
          x.tm_min,         x.tm_sec,     0};
}

} // namespace

result<void> check_civil_time(const civil_time& x) {
  if (x.year < 1 || x.year > 9999)
    return failure(errc::runtime, "year {} is out of range", x.year);
  struct {
    const char* name;
    int is;
    int least;
    int most;
  } fields[] = {{"month", x.month, 1, 12},
                {"hour", x.hour, 0, 23},
                {"minute", x.minute, 0, 59},
                {"second", x.second, 0, 59},
                {"microsecond", x.microsecond, 0, 999'999}};
  for (auto& each : fields)
    if (each.is < each.least || each.is > each.most)
      return failure(errc::runtime, "{} must be in {}..{}", each.name,
                     each.least, each.most);
  std::chrono::year_month_day day{
    std::chrono::year{static_cast<int>(x.year)},
    std::chrono::month{static_cast<unsigned>(x.month)},
    std::chrono::day{static_cast<unsigned>(x.day)}};
  if (!day.ok())
    return failure(errc::runtime, "day is out of range for month");
  return {};
}

int64_t utc_seconds(const civil_time& x) {
  return days_from_civil(x.year, x.month, x.day) * 86400
         + x.hour * int64_t{3600} + x.minute * int64_t{60} + x.second;
}

civil_time civil_of(int64_t seconds) {
  auto when = static_cast<time_t>(seconds);
  std::tm fields{};
  gmtime_r(&when, &fields);
  return civil_fields(fields);
}

std::tm fields_of(const civil_time& x) {
  std::tm out{};
  auto seconds = static_cast<time_t>(utc_seconds(x));
  gmtime_r(&seconds, &out);
  return out;
}

std::string format_time(const std::string& format, const std::tm& fields,
                        int64_t epoch, int microsecond) {
  std::string prepared;
  for (size_t i = 0; i < format.size(); ++i) {
    auto directive = format[i] == '%' && i + 1 < format.size();
    if (directive && format[i + 1] == 's') {
      prepared += std::to_string(epoch);
      ++i;
    } else if (directive && format[i + 1] == 'f') {
      prepared += fmt::format("{:06}", microsecond);
      ++i;
    } else if (directive) {
      prepared += format[i];
      prepared += format[++i];
    } else {
      prepared += format[i];
    }
  }
  if (prepared.empty())
    return prepared;
  // The mark tells an empty outcome from a buffer that is too small.
  prepared += ' ';
  std::string out(prepared.size() * 4 + 256, '\0');
  auto size = std::strftime(out.data(), out.size(), prepared.c_str(), &fields);
  out.resize(size > 0 ? size - 1 : 0);
  return out;
}

civil_time current_time(clock_source& clock, bool utc) {
  auto now = clock.now().time_since_epoch();
  auto us = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  auto when = static_cast<time_t>(us / 1'000'000);
  auto out = utc ? civil_of(when) : civil_fields(clock.local_time(when));
  out.microsecond = static_cast<int>(us % 1'000'000);
  return out;
}

} // namespace troupe
