#include "config/language/run/printed_output.hpp"

#include "config/language/python/convert.hpp"

namespace troupe {

result<void> printed_output::put_typed(const value& x) {
  if (!unsafe_ && holds_unsafe(x))
    unsafe_ = true;
  if (++count_ == 1) {
    first_ = x;
    return {};
  }
  if (count_ == 2) {
    text_.append(to_display(first_));
    first_ = missing_value();
  }
  return append(x);
}

result<void> printed_output::append(const value& x) {
  if (x.is_text()) {
    text_.append(x.as_string());
  } else if (x.is_small()) {
    text_.append(x.as_int());
  } else {
    text_.append(to_display(x));
    if (auto ok = run_.left().check(); !ok)
      return ok;
  }
  return counted();
}

result<void> printed_output::count() {
  auto size = text_.size();
  return run_.wrote(size - std::exchange(counted_, size));
}

result<std::string> printed_output::take_text() {
  if (auto ok = count(); !ok)
    return ok.why();
  return std::string{text_.view()};
}

result<value> printed_output::take() {
  if (auto ok = count(); !ok)
    return ok.why();
  if (how_ == templar::outcome::text)
    return value{text_.view()};
  if (count_ == 0)
    return how_ == templar::outcome::native ? value{} : value{""};
  auto sole = count_ == 1;
  auto native = how_ == templar::outcome::native;
  if (sole) {
    if (first_.is_text() && first_.as_text().verbatim)
      return std::move(first_);
    if (native && !first_.is_text())
      return std::move(first_);
  }
  if (sole)
    text_.append(to_display(first_));
  auto shown = text_.view();
  auto looks = native || shown.starts_with('{') || shown.starts_with('[')
               || shown == "True" || shown == "False";
  value out;
  if (auto literal = looks ? read_literal(shown, !native) : std::nullopt) {
    // A quoted text stays quoted, so that it is read the same next time.
    if (native && literal->is_text())
      out = value{shown[0] + literal->as_string() + shown[0]};
    else
      out = std::move(*literal);
  } else {
    out = value{shown};
  }
  return unsafe_ ? out.marked_unsafe() : out;
}

} // namespace troupe
