#include "config/language/python/civil_time.hpp"
#include "config/language/python/convert.hpp"
#include "config/language/python/unicode.hpp"

#include <array>
#include <chrono>

namespace troupe {

namespace {

constexpr std::array<std::string_view, 12> months{
  "january", "february", "march",     "april",   "may",      "june",
  "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> weekdays{
  "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

/// Reads a text by a format, one directive after the other.
class time_reader {
public:
  time_reader(std::string_view text, std::string_view format)
      : in_{text}, format_{format} {
  }

  result<civil_time> run() {
    for (size_t i = 0; i < format_.size(); ++i) {
      auto c = format_[i];
      if (is_blank(static_cast<unsigned char>(c))) {
        if (!blanks())
          return mismatch();
        while (i + 1 < format_.size()
               && is_blank(static_cast<unsigned char>(format_[i + 1])))
          ++i;
        continue;
      }
      if (c != '%') {
        if (in_.empty() || to_lower(in_.substr(0, 1)) != to_lower({&c, 1}))
          return mismatch();
        in_.remove_prefix(1);
        continue;
      }
      if (++i >= format_.size())
        return failure(errc::runtime, "stray %% in format '{}'", format_);
      if (!directive(format_[i]))
        return known_ ? mismatch()
                      : failure(errc::runtime,
                                "'{}' is a bad directive in format '{}'",
                                format_[i], format_);
    }
    if (!in_.empty())
      return failure(errc::runtime, "unconverted data remains: {}", in_);
    return finished();
  }

private:
  std::string_view in_;
  std::string_view format_;
  civil_time out_{1900};
  bool afternoon_ = false;
  bool twelve_hours_ = false;
  int day_of_year_ = 0;
  int64_t offset_ = 0;
  std::optional<int64_t> epoch_;
  bool known_ = true;

  error mismatch() const {
    return failure(errc::runtime, "time data does not match format '{}'",
                   format_);
  }

  bool blanks() {
    auto any = false;
    while (!in_.empty() && is_blank(static_cast<unsigned char>(in_[0]))) {
      in_.remove_prefix(1);
      any = true;
    }
    return any;
  }

  bool number(int& out, size_t most, int least, int largest) {
    size_t count = 0;
    int n = 0;
    while (count < most && count < in_.size() && in_[count] >= '0'
           && in_[count] <= '9') {
      // The longest number that fits its range.
      auto next = n * 10 + (in_[count] - '0');
      if (count > 0 && next > largest)
        break;
      n = next;
      ++count;
    }
    if (count == 0 || n < least || n > largest)
      return false;
    in_.remove_prefix(count);
    out = n;
    return true;
  }

  template <size_t N>
  bool word(const std::array<std::string_view, N>& names, bool shortened,
            int& out) {
    auto lower = to_lower(in_);
    for (size_t i = 0; i < N; ++i) {
      auto name = shortened ? names[i].substr(0, 3) : names[i];
      if (!std::string_view{lower}.starts_with(name))
        continue;
      in_.remove_prefix(name.size());
      out = static_cast<int>(i) + 1;
      return true;
    }
    return false;
  }

  bool expand(std::string_view format) {
    for (size_t i = 0; i < format.size(); ++i) {
      if (format[i] == '%') {
        if (!directive(format[++i]))
          return false;
      } else if (in_.empty() || in_[0] != format[i]) {
        return false;
      } else {
        in_.remove_prefix(1);
      }
    }
    return true;
  }

  bool fraction() {
    size_t count = 0;
    int n = 0;
    while (count < 6 && count < in_.size() && in_[count] >= '0'
           && in_[count] <= '9')
      n = n * 10 + (in_[count++] - '0');
    if (count == 0)
      return false;
    in_.remove_prefix(count);
    for (; count < 6; ++count)
      n *= 10;
    out_.microsecond = n;
    return true;
  }

  bool zone() {
    if (in_.starts_with('Z')) {
      in_.remove_prefix(1);
      return true;
    }
    if (!in_.starts_with('+') && !in_.starts_with('-'))
      return false;
    auto sign = in_[0] == '-' ? -1 : 1;
    in_.remove_prefix(1);
    int hours = 0;
    int minutes = 0;
    if (!number(hours, 2, 0, 23))
      return false;
    if (in_.starts_with(':'))
      in_.remove_prefix(1);
    if (!number(minutes, 2, 0, 59))
      return false;
    offset_ = sign * (int64_t{60} * hours + minutes);
    return true;
  }

  bool zone_name() {
    for (std::string_view name : {"utc", "gmt"})
      if (to_lower(in_.substr(0, 3)) == name) {
        in_.remove_prefix(3);
        return true;
      }
    return false;
  }

  bool half_day() {
    auto two = to_lower(in_.substr(0, 2));
    if (two != "am" && two != "pm")
      return false;
    afternoon_ = two == "pm";
    twelve_hours_ = true;
    in_.remove_prefix(2);
    return true;
  }

  bool year(bool full) {
    int n = 0;
    if (full) {
      auto digits = in_.substr(0, 4);
      if (digits.size() < 4
          || digits.find_first_not_of("0123456789") != digits.npos
          || !number(n, 4, 1, 9999))
        return false;
      out_.year = n;
      return true;
    }
    if (!number(n, 2, 0, 99))
      return false;
    out_.year = n < 69 ? 2000 + n : 1900 + n;
    return true;
  }

  bool directive(char c) {
    int ignored = 0;
    switch (c) {
    case 'Y':
    case 'y':
      return year(c == 'Y');
    case 'm':
      return number(out_.month, 2, 1, 12);
    case 'd':
      return number(out_.day, 2, 1, 31);
    case 'H':
      return number(out_.hour, 2, 0, 23);
    case 'I':
      twelve_hours_ = true;
      return number(out_.hour, 2, 1, 12);
    case 'M':
      return number(out_.minute, 2, 0, 59);
    case 'S':
      return number(out_.second, 2, 0, 61);
    case 'f':
      return fraction();
    case 'j':
      return number(day_of_year_, 3, 1, 366);
    case 'b':
    case 'h':
    case 'B':
      return word(months, c != 'B', out_.month);
    case 'a':
    case 'A':
      return word(weekdays, c == 'a', ignored);
    case 'p':
      return half_day();
    case 'z':
      return zone();
    case 'Z':
      return zone_name();
    case 'w':
      return number(ignored, 1, 0, 6);
    case 'U':
    case 'W':
      return number(ignored, 2, 0, 53);
    case 'T':
    case 'X':
      return expand("%H:%M:%S");
    case 'D':
    case 'x':
      return expand("%m/%d/%y");
    case 'F':
      return expand("%Y-%m-%d");
    case 'R':
      return expand("%H:%M");
    case 'c':
      return expand("%a %b %d %H:%M:%S %Y");
    case '%':
      if (!in_.starts_with('%'))
        return false;
      in_.remove_prefix(1);
      return true;
    default:
      known_ = false;
      return false;
    }
  }

  result<civil_time> finished() {
    if (twelve_hours_) {
      out_.hour %= 12;
      if (afternoon_)
        out_.hour += 12;
    }
    if (day_of_year_ > 0) {
      auto first = out_;
      first.month = 1;
      first.day = 1;
      auto date
        = civil_of(utc_seconds(first) + (day_of_year_ - 1) * int64_t{86400});
      out_.month = date.month;
      out_.day = date.day;
    }
    std::chrono::year_month_day date{
      std::chrono::year{static_cast<int>(out_.year)},
      std::chrono::month{static_cast<unsigned>(out_.month)},
      std::chrono::day{static_cast<unsigned>(out_.day)}};
    if (!date.ok())
      return failure(errc::runtime, "day is out of range for month");
    if (out_.second > 59)
      return failure(errc::runtime, "second must be in 0..59");
    return out_;
  }
};

} // namespace

result<civil_time> parse_time(std::string_view text, std::string_view format) {
  return time_reader{text, format}.run();
}

} // namespace troupe
