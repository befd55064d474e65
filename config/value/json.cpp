#include "config/value/json.hpp"

#include "config/value/big_integer.hpp"
#include "config/value/place_counter.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace troupe {

namespace {

namespace od = simdjson::ondemand;

/// Turns the parser's events into a value; stops at the first problem.
class reader {
public:
  reader(std::string_view text, const json_limits& limits)
      : text_{text}, limits_{limits}, padded_{text}, places_{padded_.data(),
                                                             limits.first} {
  }

  result<value> read() {
    auto document = parser_.iterate(padded_);
    if (document.error())
      return broken(document.error());
    value out;
    if (!read_document(document.value_unsafe(), out))
      return std::move(failure_);
    return out;
  }

  /// Where reading failed.
  text_position failed_at() const {
    return failed_at_;
  }

private:
  /// Where the parser stands; the end of the text when it has run out.
  size_t offset() {
    const char* at = nullptr;
    if (document_ && !document_->current_location().get(at))
      return static_cast<size_t>(at - padded_.data());
    return text_.size();
  }

  error fail_at(size_t where, const std::string& what) {
    auto first = keeps_places() ? limits_.first : text_position{1, 1};
    failed_at_ = place_counter{text_.data(), first}.go_to(
      text_.data() + std::min(where, text_.size()));
    return {errc::invalid_plan,
            fmt::format("{}:{}: {}", failed_at_.line, failed_at_.column, what)};
  }

  error broken(simdjson::error_code code) {
    if (text_.find_first_not_of(" \t\r\n") == std::string_view::npos)
      return fail_at(0, "the document is empty");
    if (!is_utf8(text_)) {
      size_t i = 0;
      while (auto n = utf8_length_at(text_, i))
        i += n;
      return fail_at(i, "not UTF-8");
    }
    if (auto raw = raw_character(); raw <= offset())
      return fail_at(raw, fmt::format("found a raw control character: write "
                                      "\\u{:04x} instead of it",
                                      static_cast<unsigned char>(text_[raw])));
    auto vague = code == simdjson::TAPE_ERROR
                 || code == simdjson::INCOMPLETE_ARRAY_OR_OBJECT;
    return fail_at(offset(),
                   vague ? words_at(offset(), code) : words_for(code));
  }

  /// The first character that may stand nowhere, or not within quotation marks.
  size_t raw_character() const {
    bool quoted = false;
    for (size_t i = 0; i < text_.size(); ++i) {
      auto c = text_[i];
      // One that is not closed is told in other words.
      if (quoted && c == '\n')
        break;
      bool blank = c == '\t' || c == '\n' || c == '\r';
      if (static_cast<unsigned char>(c) < 0x20 && (quoted || !blank))
        return i;
      if (quoted && c == '\\')
        ++i;
      else if (c == '"')
        quoted = !quoted;
    }
    return std::string_view::npos;
  }

  /// What stands there says more than the parser does.
  std::string words_at(size_t where, simdjson::error_code code) {
    auto before = text_.substr(0, std::min(where, text_.size()));
    auto last = before.find_last_not_of(" \t\r\n");
    auto rest = text_.substr(before.size());
    auto behind_comma = last != std::string_view::npos && before[last] == ',';
    if (behind_comma && (rest.starts_with('}') || rest.starts_with(']')))
      return fmt::format("broken JSON: a comma too many in front of '{}'",
                         rest[0]);
    if (rest.starts_with('\''))
      return "broken JSON: names and texts stand in double quotes";
    if (rest.find_first_not_of(" \t\r\n") == std::string_view::npos)
      return "broken JSON: a list or object is not closed";
    return words_for(code);
  }

  static std::string words_for(simdjson::error_code code) {
    switch (code) {
    case simdjson::NUMBER_ERROR:
      return "not a JSON number";
    case simdjson::STRING_ERROR:
    case simdjson::UNESCAPED_CHARS:
      return "broken string: a bad escape or a raw control character";
    case simdjson::UNCLOSED_STRING:
      return "a string is not closed";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
      return "expected true, false or null";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return "a list or object is not closed";
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
      return "the document is too large";
    default:
      return "broken JSON: expected a value, ',' or a closing bracket";
    }
  }

  bool fail(simdjson::error_code code) {
    failure_ = broken(code);
    return false;
  }

  bool fail(const std::string& what) {
    failure_ = fail_at(offset(), what);
    return false;
  }

  bool read_document(od::document& doc, value& out) {
    document_ = &doc;
    od::json_type type;
    if (auto code = doc.type().get(type))
      return fail(code);
    bool ok = false;
    if (type == od::json_type::array || type == od::json_type::object) {
      od::value root;
      if (auto code = doc.get_value().get(root))
        return fail(code);
      ok = read_value(root, out, 0);
    } else {
      std::string_view token;
      if (auto code = doc.raw_json_token().get(token))
        return fail(code);
      auto at = places_.go_to(token.data());
      ok = read_scalar(doc, type, out);
      if (keeps_places())
        out.place_at(at);
    }
    const char* rest = nullptr;
    if (ok && !doc.current_location().get(rest))
      return fail("something follows the end of the document");
    return ok;
  }

  bool keeps_places() const {
    return limits_.first.line > 0;
  }

  bool read_value(od::value in, value& out, unsigned depth) {
    if (!keeps_places())
      return read_placeless(in, out, depth);
    auto at = places_.go_to(in.raw_json_token().data());
    auto ok = read_placeless(in, out, depth);
    out.place_at(at);
    return ok;
  }

  bool read_placeless(od::value& in, value& out, unsigned depth) {
    od::json_type type;
    if (auto code = in.type().get(type))
      return fail(code);
    if (type == od::json_type::array)
      return read_list(in, out, depth + 1);
    if (type == od::json_type::object)
      return read_dict(in, out, depth + 1);
    return read_scalar(in, type, out);
  }

  bool too_deep(unsigned depth) {
    return depth > limits_.depth
           && !fail(fmt::format("nested deeper than {} levels", limits_.depth));
  }

  bool read_list(od::value& in, value& out, unsigned depth) {
    if (too_deep(depth))
      return false;
    od::array items;
    if (auto code = in.get_array().get(items))
      return fail(code);
    list built;
    for (auto item : items) {
      od::value next;
      if (auto code = item.get(next))
        return fail(code);
      if (!read_value(next, built.items.emplace_back(), depth))
        return false;
    }
    out = std::move(built);
    return true;
  }

  bool read_dict(od::value& in, value& out, unsigned depth) {
    if (too_deep(depth))
      return false;
    od::object fields;
    if (auto code = in.get_object().get(fields))
      return fail(code);
    dict built;
    for (auto field : fields) {
      value key;
      if (!read_key(field, built, key))
        return false;
      od::value next;
      if (auto code = field.value().get(next))
        return fail(code);
      value item;
      if (!read_value(next, item, depth))
        return false;
      built.set(std::move(key), std::move(item));
    }
    out = std::move(built);
    return true;
  }

  bool read_key(simdjson::simdjson_result<od::field>& field, const dict& known,
                value& out) {
    // The quotation mark is no part of it.
    const char* begin = nullptr;
    if (od::raw_json_string raw; !field.key().get(raw))
      begin = raw.raw() - 1;
    std::string_view key;
    if (auto code = field.unescaped_key().get(key))
      return fail(code);
    if (known.contains(key)) {
      failure_ = fail_at(static_cast<size_t>(begin - padded_.data()),
                         fmt::format("the key \"{}\" stands here twice", key));
      return false;
    }
    out = key;
    if (keeps_places())
      out.place_at(places_.go_to(begin));
    return true;
  }

  template <class Source>
  bool read_scalar(Source& in, od::json_type type, value& out) {
    switch (type) {
    case od::json_type::string:
      return read_text(in, out);
    case od::json_type::number:
      return read_number(in, out);
    case od::json_type::boolean: {
      bool flag = false;
      if (auto code = in.get_bool().get(flag))
        return fail(code);
      out = flag;
      return true;
    }
    default: {
      auto null = in.is_null();
      if (null.error() || !null.value_unsafe())
        return fail(simdjson::N_ATOM_ERROR);
      out = nullptr;
      return true;
    }
    }
  }

  template <class Source>
  bool read_text(Source& in, value& out) {
    std::string_view bytes;
    if (auto code = in.get_string().get(bytes))
      return fail(code);
    if (bytes.size() > limits_.text_bytes)
      return fail(
        fmt::format("a text is longer than {} bytes", limits_.text_bytes));
    out = bytes;
    return true;
  }

  template <class Source>
  bool read_number(Source& in, value& out) {
    std::string_view token;
    if constexpr (std::is_same_v<Source, od::document>) {
      if (auto code = in.raw_json_token().get(token))
        return fail(code);
    } else {
      token = in.raw_json_token();
    }
    auto end = token.find_first_not_of("+-.0123456789eE");
    token = token.substr(0, end);
    if (token.find_first_of(".eE") != std::string_view::npos) {
      double real = 0;
      if (auto code = in.get_double().get(real))
        return fail(code);
      out = real;
      return true;
    }
    return read_integer(in, token, out);
  }

  template <class Source>
  bool read_integer(Source& in, std::string_view token, value& out) {
    int64_t small = 0;
    if (!in.get_int64().get(small)) {
      out = small;
      return true;
    }
    auto digits = token.substr(token.starts_with('-') ? 1 : 0);
    bool plain
      = digits.size() > 18 && digits.front() != '0'
        && digits.find_first_not_of("0123456789") == std::string_view::npos;
    if (!plain || digits.size() > 4300)
      return fail(simdjson::NUMBER_ERROR);
    // A token that nobody consumed would look like trailing text at the root.
    if constexpr (std::is_same_v<Source, od::document>) {
      double consumed = 0;
      if (auto code = in.get_double().get(consumed))
        return fail(code);
    }
    out = integer_value(big_integer::of_digits(token));
    return true;
  }

  std::string_view text_;
  const json_limits& limits_;
  simdjson::padded_string padded_;
  od::parser parser_;
  od::document* document_ = nullptr;
  place_counter places_;
  error failure_;
  text_position failed_at_;
};

} // namespace

result<value> parse_json(std::string_view text, const json_limits& limits,
                         text_position* failed_at) {
  if (text.size() > limits.bytes)
    return error{errc::invalid_plan,
                 fmt::format("the document has {} bytes, at most {} are read",
                             text.size(), limits.bytes)};
  reader in{without_byte_order_mark(text), limits};
  auto root = in.read();
  if (!root && failed_at)
    *failed_at = in.failed_at();
  return root;
}

} // namespace troupe
