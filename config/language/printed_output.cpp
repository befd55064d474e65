#include "config/language/printed_output.hpp"

#include "config/language/convert.hpp"

#include <charconv>

namespace troupe {

status printed_output::put_typed(const value& x) {
  if (!unsafe_ && holds_unsafe(x))
    unsafe_ = true;
  if (++count_ == 1) {
    first_ = x;
    return {};
  }
  if (count_ == 2) {
    text_.append(to_display(first_));
    first_ = missing_value();
    if (auto ok = run_.wrote(text_.size()); !ok)
      return ok;
  }
  return append(x);
}

status printed_output::append(const value& x) {
  auto from = text_.size();
  if (x.is_text()) {
    text_.append(x.as_string());
  } else if (auto* number = std::get_if<int64_t>(&x.data())) {
    char digits[24];
    auto end = std::to_chars(digits, digits + sizeof digits, *number).ptr;
    text_.append({digits, end});
  } else {
    text_.append(to_display(x));
  }
  return run_.wrote(text_.size() - from);
}

result<value> printed_output::take() {
  if (how_ == templar::outcome::text)
    return value{text_.take()};
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
    out = value{text_.take()};
  }
  return unsafe_ ? out.marked_unsafe() : out;
}

} // namespace troupe
