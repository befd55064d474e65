#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace troupe {

class clock_source;

/// A date and time as Python's `datetime`, without a zone.
struct civil_time {
  int64_t year = 1970;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int microsecond = 0;
};

/// An error, in Python's words, when there is no such day or time.
result<void> check_civil_time(const civil_time& x);

/// Seconds since the epoch, taking the fields as UTC.
int64_t utc_seconds(const civil_time& x);
civil_time civil_of(int64_t utc_seconds);

/// The same as the C library has it, with the day of the week and of the year.
std::tm fields_of(const civil_time& x);

/// Python's `strftime`.
std::string format_time(const std::string& format, const std::tm& fields,
                        int64_t epoch, int microsecond = 0);

/// Python's `strptime`.
result<civil_time> parse_time(std::string_view text, std::string_view format);

/// What `now()` gives.
civil_time current_time(clock_source& clock, bool utc);

} // namespace troupe
