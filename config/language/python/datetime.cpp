#include "config/language/python/datetime.hpp"

#include "config/language/python/convert.hpp"
#include "config/language/python/time_methods.hpp"
#include "config/language/python/timedelta.hpp"
#include "config/language/run/objects.hpp"
#include "platform/host.hpp"

#include <array>
#include <chrono>
#include <cmath>

namespace troupe {

namespace {

/// The moment that `x` means in the time zone of the machine.
result<int64_t> local_epoch(evaluator& e, const civil_time& x) {
  auto machine = e.run_state().machine();
  if (!machine)
    return machine.why();
  auto fields = fields_of(x);
  fields.tm_isdst = -1;
  return int64_t{(*machine)->clock().from_local_time(fields)};
}

class datetime_object final : public object {
public:
  datetime_object(const civil_time& x, std::optional<int64_t> offset)
      : x_{x}, offset_{offset} {
  }

  const char* type() const override {
    return "datetime";
  }

  std::string display() const override {
    return text(' ');
  }

  std::string repr() const override {
    auto out = fmt::format("datetime.datetime({}, {}, {}, {}, {}", x_.year,
                           x_.month, x_.day, x_.hour, x_.minute);
    if (x_.second || x_.microsecond)
      out += fmt::format(", {}", x_.second);
    if (x_.microsecond)
      out += fmt::format(", {}", x_.microsecond);
    if (offset_ == 0)
      out += ", tzinfo=datetime.timezone.utc";
    else if (offset_)
      out += fmt::format(", tzinfo=datetime.timezone({})",
                         timedelta_object{*offset_ * 1'000'000}.repr());
    return out + ")";
  }

  std::optional<value> attribute(std::string_view name) const override {
    const std::pair<std::string_view, int64_t> fields[] = {
      {"year", x_.year},
      {"month", x_.month},
      {"day", x_.day},
      {"hour", x_.hour},
      {"minute", x_.minute},
      {"second", x_.second},
      {"microsecond", x_.microsecond},
    };
    for (auto& [known, n] : fields)
      if (known == name)
        return value{n};
    return method(name);
  }

  bool equals(const object& other) const override {
    auto* x = dynamic_cast<const datetime_object*>(&other);
    return x && x->offset_.has_value() == offset_.has_value()
           && x->microseconds() == microseconds();
  }

  std::optional<int> compare(const object& other) const override {
    auto* x = dynamic_cast<const datetime_object*>(&other);
    // Without a zone it is no moment that could be before or after one.
    if (!x || x->offset_.has_value() != offset_.has_value())
      return std::nullopt;
    auto a = microseconds();
    auto b = x->microseconds();
    return a < b ? -1 : a > b;
  }

  std::optional<value> add(const value& other) const override {
    return moved(other, 1);
  }

  std::optional<value> subtract(const value& other) const override {
    if (!other.is_object())
      return std::nullopt;
    auto* x = dynamic_cast<const datetime_object*>(other.as_object().get());
    if (x && x->offset_.has_value() != offset_.has_value())
      return std::nullopt;
    if (x)
      return make_object<timedelta_object>(microseconds() - x->microseconds());
    return moved(other, -1);
  }

private:
  civil_time x_;
  std::optional<int64_t> offset_;

  /// Since the epoch, in UTC if it has a zone.
  int64_t microseconds() const {
    return (utc_seconds(x_) - offset_.value_or(0)) * 1'000'000 + x_.microsecond;
  }

  std::optional<value> moved(const value& by, int64_t sign) const {
    if (!by.is_object())
      return std::nullopt;
    auto* x = dynamic_cast<const timedelta_object*>(by.as_object().get());
    if (!x)
      return std::nullopt;
    auto us = microseconds() + offset_.value_or(0) * 1'000'000
              + sign * x->microseconds();
    auto seconds
      = std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds{us})
          .count();
    auto out = civil_of(seconds);
    out.microsecond = static_cast<int>(us - seconds * 1'000'000);
    return make_datetime(out, offset_);
  }

  std::string text(char between) const {
    auto out
      = fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", x_.year, x_.month,
                    x_.day, between, x_.hour, x_.minute, x_.second);
    if (x_.microsecond)
      out += fmt::format(".{:06}", x_.microsecond);
    if (offset_)
      out
        += fmt::format("{}{:02}:{:02}", *offset_ < 0 ? '-' : '+',
                       std::abs(*offset_) / 3600, std::abs(*offset_) / 60 % 60);
    return out;
  }

  static result<value> timestamp(evaluator& e, const civil_time& x) {
    auto seconds = local_epoch(e, x);
    if (!seconds)
      return seconds.why();
    return value{static_cast<double>(*seconds) + x.microsecond / 1e6};
  }

  static result<value> formatted(evaluator& e, const civil_time& x,
                                 const std::string& format) {
    // Nothing else depends on where this is.
    auto asks_zone = format.find("%s") != format.npos;
    auto seconds = asks_zone ? local_epoch(e, x) : result<int64_t>{0};
    if (!seconds)
      return seconds.why();
    return value{format_time(format, fields_of(x), *seconds, x.microsecond)};
  }

  std::optional<value> method(std::string_view name) const {
    auto x = x_;
    if (name == "isoformat")
      return time_method(
        "isoformat", "sep=", [*this](const bound_arguments& with) {
          auto by = with.has(0) ? with[0].text_or("T") : "T";
          return result<value>{value{text(by.empty() ? 'T' : by[0])}};
        });
    if (name == "timestamp")
      return make_object<function_object>(
        "timestamp", "",
        [x, offset = offset_](evaluator& e, const bound_arguments&) {
          if (!offset)
            return timestamp(e, x);
          return result<value>{
            value{static_cast<double>(utc_seconds(x) - *offset)
                  + x.microsecond / 1e6}};
        });
    if (name == "strftime")
      return make_object<function_object>(
        "strftime", "format", [x](evaluator& e, const bound_arguments& with) {
          auto format = with.text(0);
          return format ? formatted(e, x, *format) : format.why();
        });
    if (name == "date")
      return time_method("date", "",
                         [x](auto&) { return result<value>{make_date(x)}; });
    if (name == "time")
      return time_method("time", "", [x](auto&) {
        return result<value>{
          value{fmt::format("{:02}:{:02}:{:02}", x.hour, x.minute, x.second)}};
      });
    if (name == "weekday" || name == "isoweekday")
      return weekday_method(x, name == "isoweekday");
    if (name == "replace")
      return time_method("replace",
                         "year= month= day= hour= minute= second= microsecond=",
                         [x, offset = offset_](const bound_arguments& with) {
                           auto out = replaced(x, with, 7);
                           return out
                                    ? result<value>{make_datetime(*out, offset)}
                                    : result<value>{out.why()};
                         });
    return std::nullopt;
  }
};

} // namespace

value make_datetime(const civil_time& x, std::optional<int64_t> offset) {
  return make_object<datetime_object>(x, offset);
}

} // namespace troupe
