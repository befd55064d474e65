#include "modules/support/plan/plan_sources.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace troupe {

namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Reads words, quoted text and single characters of an expression.
class reader {
public:
  explicit reader(std::string_view text) : rest_{text} {
  }

  /// The next piece; quoted text without its quotes in `quoted`.
  struct piece {
    std::string_view word;
    std::optional<std::string_view> quoted;
  };

  std::optional<piece> next() {
    while (!rest_.empty() && is_blank(rest_.front()))
      rest_.remove_prefix(1);
    if (rest_.empty())
      return std::nullopt;
    auto c = rest_.front();
    if (c == '"' || c == '\'')
      return piece{{}, take_quoted(c)};
    size_t length = 0;
    while (length < rest_.size() && is_word(rest_[length]))
      ++length;
    length = std::max<size_t>(length, 1);
    piece out{rest_.substr(0, length), std::nullopt};
    rest_.remove_prefix(length);
    return out;
  }

  void skip_to(std::string_view mark) {
    auto at = rest_.find(mark);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size()
                                                     : at + mark.size());
  }

private:
  std::string_view take_quoted(char quote) {
    rest_.remove_prefix(1);
    size_t length = 0;
    while (length < rest_.size() && rest_[length] != quote)
      length += rest_[length] == '\\' ? 2 : 1;
    length = std::min(length, rest_.size());
    auto out = rest_.substr(0, length);
    rest_.remove_prefix(std::min(length + 1, rest_.size()));
    return out;
  }

  std::string_view rest_;
};

bool is_one_of(std::string_view word,
               std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view short_name(std::string_view name) {
  constexpr std::string_view space = "ansible.builtin.";
  if (name.starts_with(space))
    name.remove_prefix(space.size());
  return name;
}

/// `{% include "a" ignore missing %}`, `{% from "a" import b %}`.
void read_statement(reader& in, std::vector<text_reference>& out) {
  std::vector<text_reference> found;
  bool optional = false;
  bool named = false;
  for (auto each = in.next(); each; each = in.next()) {
    if (each->quoted && !named)
      found.push_back({std::string{*each->quoted}, "templates", false});
    else if (each->word == "%")
      break;
    // What follows are names of macros and conditions.
    named = named || is_one_of(each->word, {"import", "if", "else"});
    optional = optional || is_one_of(each->word, {"ignore", "if", "["});
  }
  for (auto& each : found) {
    each.optional = optional;
    out.push_back(std::move(each));
  }
}

/// `('file', 'a', 'b')` behind `lookup`; keyword arguments are passed over.
void read_lookup(reader& in, std::vector<text_reference>& out) {
  auto open = in.next();
  if (!open || open->word != "(")
    return;
  auto kind = in.next();
  if (!kind || !kind->quoted)
    return;
  auto name = short_name(*kind->quoted);
  bool is_template = name == "template";
  if (!is_template && !is_one_of(name, {"file", "unvault"}))
    return;
  int depth = 1;
  bool keyword = false;
  for (auto each = in.next(); each && depth > 0; each = in.next()) {
    if (each->quoted && !keyword && depth == 1)
      out.push_back({std::string{*each->quoted},
                     is_template ? "templates" : "files", true});
    keyword = each->word == "=" || (keyword && each->word != ",");
    depth += each->word == "(" ? 1 : each->word == ")" ? -1 : 0;
    if (depth == 0)
      break;
  }
}

} // namespace

std::vector<text_reference> references_in(std::string_view text) {
  std::vector<text_reference> out;
  for (auto at = text.find('{'); at != std::string_view::npos;
       at = text.find('{', at + 1)) {
    auto mark = text.substr(at, 2);
    if (mark != "{%" && mark != "{{")
      continue;
    auto end = text.find(mark == "{%" ? "%}" : "}}", at);
    auto inside
      = text.substr(at + 2, end == std::string_view::npos ? end : end - at - 2);
    reader in{inside};
    auto first = in.next();
    if (first && first->word == "-")
      first = in.next();
    if (mark == "{%" && first
        && is_one_of(first->word, {"include", "import", "extends", "from"}))
      read_statement(in, out);
    reader again{inside};
    for (auto each = again.next(); each; each = again.next())
      if (is_one_of(each->word, {"lookup", "query", "q"}))
        read_lookup(again, out);
  }
  return out;
}

} // namespace troupe
