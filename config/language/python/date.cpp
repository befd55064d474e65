#include "config/language/python/convert.hpp"
#include "config/language/python/datetime.hpp"
#include "config/language/python/time_methods.hpp"
#include "config/language/python/timedelta.hpp"
#include "config/language/run/objects.hpp"

#include <fmt/format.h>

#include <chrono>

namespace troupe {

namespace {

constexpr int64_t day_of_microseconds = 86'400'000'000;

class date_object final : public object {
public:
  explicit date_object(const civil_time& x)
      : x_{x.year, x.month, x.day, 0, 0, 0, 0} {
  }

  const char* type() const override {
    return "date";
  }

  std::string display() const override {
    return fmt::format("{:04}-{:02}-{:02}", x_.year, x_.month, x_.day);
  }

  std::string repr() const override {
    return fmt::format("datetime.date({}, {}, {})", x_.year, x_.month, x_.day);
  }

  std::optional<value> attribute(std::string_view name) const override {
    if (name == "year")
      return value{x_.year};
    if (name == "month")
      return value{int64_t{x_.month}};
    if (name == "day")
      return value{int64_t{x_.day}};
    return method(name);
  }

  bool equals(const object& other) const override {
    auto* x = dynamic_cast<const date_object*>(&other);
    return x && x->days() == days();
  }

  std::optional<int> compare(const object& other) const override {
    auto* x = dynamic_cast<const date_object*>(&other);
    if (!x)
      return std::nullopt;
    return days() < x->days() ? -1 : days() > x->days();
  }

  std::optional<value> add(const value& other) const override {
    return moved(other, 1);
  }

  std::optional<value> subtract(const value& other) const override {
    if (!other.is_object())
      return std::nullopt;
    if (auto* x = dynamic_cast<const date_object*>(other.as_object().get()))
      return make_object<timedelta_object>((days() - x->days())
                                           * day_of_microseconds);
    return moved(other, -1);
  }

private:
  civil_time x_;

  int64_t days() const {
    return utc_seconds(x_) / 86'400;
  }

  /// Of a length of time only whole days count.
  std::optional<value> moved(const value& by, int64_t sign) const {
    if (!by.is_object())
      return std::nullopt;
    auto* x = dynamic_cast<const timedelta_object*>(by.as_object().get());
    if (!x)
      return std::nullopt;
    auto whole = std::chrono::floor<std::chrono::days>(
                   std::chrono::microseconds{x->microseconds()})
                   .count();
    return make_date(civil_of((days() + sign * whole) * 86'400));
  }

  std::optional<value> method(std::string_view name) const {
    auto x = x_;
    if (name == "isoformat")
      return time_method("isoformat", "", [shown = display()](auto&) {
        return result<value>{value{shown}};
      });
    if (name == "strftime")
      return time_method(
        "strftime", "format", [x](const bound_arguments& with) {
          auto format = with.text(0);
          return format ? result<value>{value{
                   format_time(*format, fields_of(x), utc_seconds(x))}}
                        : result<value>{format.why()};
        });
    if (name == "weekday" || name == "isoweekday")
      return weekday_method(x, name == "isoweekday");
    if (name == "replace")
      return time_method("replace",
                         "year= month= day=", [x](const bound_arguments& with) {
                           auto out = replaced(x, with, 3);
                           return out ? result<value>{make_date(*out)}
                                      : result<value>{out.why()};
                         });
    return std::nullopt;
  }
};

/// Reads the numbers of a timestamp, one after another.
class number_reader {
public:
  explicit number_reader(std::string_view text) : text_{text} {
  }

  bool at_end() const {
    return text_.empty();
  }

  /// Skips everything that is no digit, and says what the last of it was.
  char skip() {
    char last = 0;
    while (!text_.empty() && (text_.front() < '0' || text_.front() > '9')) {
      last = text_.front();
      text_.remove_prefix(1);
    }
    return last;
  }

  /// So many digits of the next number at most, the rest is passed over.
  int take(size_t most, bool fraction = false) {
    int out = 0;
    size_t count = 0;
    for (; !text_.empty() && text_.front() >= '0' && text_.front() <= '9';
         text_.remove_prefix(1))
      if (count < most) {
        out = out * 10 + (text_.front() - '0');
        ++count;
      }
    for (; fraction && count < most; ++count)
      out *= 10;
    return out;
  }

private:
  std::string_view text_;
};

} // namespace

value make_date(const civil_time& x) {
  return make_object<date_object>(x);
}

bool is_point_in_time(const value& x) {
  if (!x.is_object())
    return false;
  std::string_view type = x.as_object()->type();
  return type == "date" || type == "datetime";
}

result<value> read_yaml_time(std::string_view text) {
  civil_time x;
  number_reader from{text};
  x.year = from.take(4);
  from.skip();
  x.month = from.take(2);
  from.skip();
  x.day = from.take(2);
  if (from.at_end()) {
    if (auto sound = check_civil_time(x); !sound)
      return sound.why();
    return make_date(x);
  }
  from.skip();
  x.hour = from.take(2);
  from.skip();
  x.minute = from.take(2);
  from.skip();
  x.second = from.take(2);
  auto sign = from.skip();
  if (sign == '.') {
    x.microsecond = from.take(6, true);
    sign = from.skip();
  }
  if (auto sound = check_civil_time(x); !sound)
    return sound.why();
  if (sign == 'Z')
    return make_datetime(x, 0);
  if (sign != '-' && sign != '+')
    return make_datetime(x);
  auto offset = int64_t{from.take(2)} * 3600;
  from.skip();
  offset += int64_t{from.take(2)} * 60;
  if (offset >= 86'400)
    return failure(errc::runtime, "the offset of a zone must be less than a "
                                  "day");
  return make_datetime(x, sign == '-' ? -offset : offset);
}

} // namespace troupe
