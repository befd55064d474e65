#include "config/language/output.hpp"

#include "config/language/convert.hpp"

#include <charconv>

namespace troupe {

result<void> output::before_next() {
  if (++count_ != 2)
    return {};
  text_ = to_display(first_);
  first_ = missing_value();
  return run_.wrote(text_.size());
}

result<void> output::put_data(const std::string& bytes) {
  // As text nothing needs to keep its type: everything is put together at
  // once.
  if (how_ != templar::outcome::text) {
    if (auto ok = before_next(); !ok)
      return ok;
    if (count_ == 1) {
      first_ = value{bytes};
      return {};
    }
  }
  text_ += bytes;
  return run_.wrote(bytes.size());
}

result<void> output::put(const value& x) {
  if (how_ == templar::outcome::text)
    return append(x);
  if (auto ok = before_next(); !ok)
    return ok;
  if (!unsafe_ && holds_unsafe(x))
    unsafe_ = true;
  if (count_ == 1) {
    first_ = x;
    return {};
  }
  return append(x);
}

result<void> output::append(const value& x) {
  auto from = text_.size();
  if (x.is_text()) {
    text_ += x.as_string();
  } else if (auto number = x.to_int()) {
    char digits[24];
    auto end = std::to_chars(digits, digits + sizeof digits, *number).ptr;
    text_.append(digits, end);
  } else {
    text_ += to_display(x);
  }
  return run_.wrote(text_.size() - from);
}

result<value> output::take() {
  if (how_ == templar::outcome::text)
    return value{std::move(text_)};
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
    text_ = to_display(first_);
  auto looks = native || text_.starts_with('{') || text_.starts_with('[')
               || text_ == "True" || text_ == "False";
  value out;
  if (auto literal = looks ? read_literal(text_, !native) : std::nullopt) {
    // A quoted text stays quoted, so that it is read the same next time.
    if (native && literal->is_text())
      out = value{text_[0] + literal->as_string() + text_[0]};
    else
      out = std::move(*literal);
  } else {
    out = value{std::move(text_)};
  }
  return unsafe_ ? out.marked_unsafe() : out;
}

} // namespace troupe
