#include "config/language/python/timedelta.hpp"

#include "config/language/run/objects.hpp"

#include <chrono>

namespace troupe {

std::string timedelta_object::display() const {
  auto rest = remainder();
  auto out = fmt::format("{}:{:02}:{:02}", rest / 3'600'000'000,
                         rest / 60'000'000 % 60, rest / 1'000'000 % 60);
  if (auto us = rest % 1'000'000)
    out += fmt::format(".{:06}", us);
  if (auto n = days())
    out = fmt::format("{} day{}, {}", n, n == 1 || n == -1 ? "" : "s", out);
  return out;
}

std::string timedelta_object::repr() const {
  std::string out;
  auto add = [&](const char* name, int64_t n) {
    if (n)
      out += fmt::format("{}{}={}", out.empty() ? "" : ", ", name, n);
  };
  add("days", days());
  add("seconds", remainder() / 1'000'000);
  add("microseconds", remainder() % 1'000'000);
  return fmt::format("datetime.timedelta({})", out.empty() ? "0" : out);
}

std::optional<value> timedelta_object::attribute(std::string_view name) const {
  if (name == "days")
    return value{days()};
  if (name == "seconds")
    return value{remainder() / 1'000'000};
  if (name == "microseconds")
    return value{remainder() % 1'000'000};
  if (name == "total_seconds")
    return make_object<function_object>(
      "total_seconds", "",
      [us = us_](evaluator&, const bound_arguments&) -> result<value> {
        return value{static_cast<double>(us) / 1e6};
      });
  return std::nullopt;
}

bool timedelta_object::equals(const object& other) const {
  auto* x = dynamic_cast<const timedelta_object*>(&other);
  return x && x->us_ == us_;
}

std::optional<int> timedelta_object::compare(const object& other) const {
  auto* x = dynamic_cast<const timedelta_object*>(&other);
  if (!x)
    return std::nullopt;
  return us_ < x->us_ ? -1 : us_ > x->us_;
}

std::optional<value> timedelta_object::add(const value& other) const {
  if (!other.is_object())
    return std::nullopt;
  if (auto* x = dynamic_cast<const timedelta_object*>(other.as_object().get()))
    return make_object<timedelta_object>(us_ + x->us_);
  return other.as_object()->add(make_object<timedelta_object>(us_));
}

int64_t timedelta_object::days() const {
  return std::chrono::floor<std::chrono::days>(std::chrono::microseconds{us_})
    .count();
}

} // namespace troupe
