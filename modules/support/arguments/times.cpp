#include "modules/support/arguments/times.hpp"

#include <fmt/format.h>

#include <ctime>

namespace troupe {

namespace {

std::string formatted(const std::tm& parts, const char* format) {
  char buffer[256];
  auto n = std::strftime(buffer, sizeof buffer, format, &parts);
  return {buffer, n};
}

} // namespace

std::string local_time(clock_source& clock,
                       std::chrono::system_clock::time_point time,
                       const char* format) {
  auto seconds = std::chrono::system_clock::to_time_t(time);
  return formatted(clock.local_time(seconds), format);
}

std::string utc_time(std::chrono::system_clock::time_point time,
                     const char* format) {
  auto seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return formatted(parts, format);
}

std::string precise_time(clock_source& clock,
                         std::chrono::system_clock::time_point time) {
  auto micros = std::chrono::duration_cast<std::chrono::microseconds>(
                  time.time_since_epoch())
                  .count()
                % 1'000'000;
  return fmt::format("{}.{:06}", local_time(clock, time, "%Y-%m-%d %H:%M:%S"),
                     micros);
}

std::string format_delta(std::chrono::nanoseconds duration) {
  auto micros
    = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  auto seconds = micros / 1'000'000;
  return fmt::format("{}:{:02}:{:02}.{:06}", seconds / 3600, seconds / 60 % 60,
                     seconds % 60, micros % 1'000'000);
}

std::optional<double> parse_local_time(clock_source& clock,
                                       const std::string& text,
                                       const std::string& format) {
  std::tm parts{};
  parts.tm_isdst = -1;
  auto end = ::strptime(text.c_str(), format.c_str(), &parts);
  if (!end || *end != '\0')
    return std::nullopt;
  parts.tm_isdst = -1;
  auto seconds = clock.from_local_time(parts);
  if (seconds == static_cast<std::time_t>(-1))
    return std::nullopt;
  return static_cast<double>(seconds);
}

} // namespace troupe
