#include "config/value/yaml_trouble.hpp"

#include "config/value/source_line.hpp"
#include "config/value/utf8.hpp"
#include "config/value/yaml_mixture.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// What stands at the place of the trouble.
class look {
public:
  look(std::string_view text, const yaml_trouble& from)
      : text_{text}, from_{from} {
  }

  const yaml_trouble& trouble() const {
    return from_;
  }

  /// The character there; empty at the end of a line.
  std::string_view character() const {
    return character_of(rest(from_.at));
  }

  /// What follows in its line.
  std::string_view rest(text_position at) const {
    auto line = line_at(text_, at.line);
    for (auto column = at.column; column > 1 && !line.empty(); --column)
      line.remove_prefix(character_of(line).size());
    return line;
  }

  std::string_view line() const {
    return line_at(text_, from_.at.line);
  }

  std::string_view text() const {
    return text_;
  }

  /// Where the text has its last sign.
  text_position last_sign() const {
    auto whole = text_.substr(0, text_.find_last_not_of(" \t\r\n") + 1);
    auto line = 1 + std::count(whole.begin(), whole.end(), '\n');
    auto rest = whole.substr(whole.rfind('\n') + 1);
    uint32_t column = 0;
    for (; !rest.empty(); ++column)
      rest.remove_prefix(character_of(rest).size());
    return {static_cast<uint32_t>(line), std::max(1U, column)};
  }

  std::string began() const {
    return from_.began.line == 0
             ? std::string{}
             : fmt::format(" of line {}, column {}", from_.began.line,
                           from_.began.column);
  }

  /// Where the nearest list above has its entries, when that is elsewhere.
  std::string entries_above() const {
    constexpr uint32_t lines_searched = 100;
    for (auto n = from_.at.line - 1;
         n > 0 && from_.at.line - n <= lines_searched; --n) {
      auto one = line_at(text_, n);
      auto first = one.find_first_not_of(' ');
      if (first == std::string_view::npos
          || !one.substr(first).starts_with("- "))
        continue;
      return first + 1 == from_.at.column
               ? std::string{}
               : fmt::format(", the entries of the list above (line {}) in "
                             "column {}",
                             n, first + 1);
    }
    return {};
  }

private:
  static std::string_view character_of(std::string_view line) {
    if (line.empty())
      return {};
    return line.substr(0, std::max<size_t>(1, utf8_length_at(line, 0)));
  }

  std::string_view text_;
  const yaml_trouble& from_;
};

explained_trouble here(const look& at, std::string message) {
  return {std::move(message), at.trouble().at};
}

explained_trouble at_beginning(const look& at, std::string message) {
  auto& from = at.trouble();
  return {std::move(message), from.began.line > 0 ? from.began : from.at};
}

explained_trouble wrong_start(const look& at) {
  auto c = at.character();
  if (c == "\t")
    return here(at, "found a tab: lines are indented with blanks in YAML");
  if (c == "%")
    return here(at, "a value cannot begin with '%': put it in quotes, "
                    "\"{% ... %}\"");
  return here(at, fmt::format("a value cannot begin with '{}': put it in "
                              "quotes",
                              c));
}

explained_trouble second_colon(const look& at) {
  if (auto out = explain_key_below(at.text(), at.trouble().at))
    return *out;
  auto line = at.line();
  if (line.find("{{") != std::string_view::npos
      || line.find('"') != std::string_view::npos
      || line.find('\'') != std::string_view::npos)
    return here(at, "found ': ' inside a value that does not begin with a "
                    "quotation mark: put the whole value in quotes, or write "
                    "it below behind 'key: >-'");
  if (auto out = explain_key_beside(at.text(), at.trouble().at))
    return *out;
  return here(at, "found ': ' inside a value, where it would begin another "
                  "one: put the whole value in quotes");
}

explained_trouble open_quote(const look& at) {
  return at_beginning(at,
                      fmt::format("the quotation mark {} is never closed",
                                  at.rest(at.trouble().began).substr(0, 1)));
}

explained_trouble no_colon(const look& at) {
  auto word = at.rest(at.trouble().began);
  auto end = word.find_last_not_of(" \t");
  word = word.substr(0, end == std::string_view::npos ? 0 : end + 1);
  if (auto out = explain_equals(word, at.trouble().began))
    return *out;
  if (auto out = explain_narrow_colon(word, at.trouble().began))
    return *out;
  return at_beginning(
    at, fmt::format("expected ': ' and a value behind '{}', or a '- ' in "
                    "front of it",
                    fitting(word, 40)));
}

explained_trouble not_in_list(const look& at) {
  auto& [problem, context, there, began] = at.trouble();
  if (there.column > began.column)
    return here(at, fmt::format("indented deeper than what is around it: "
                                "the entries of this list begin in column {}, "
                                "what belongs to one of them stands under its "
                                "first word",
                                began.column));
  return here(at, fmt::format("expected '- ' in column {}, where the list{} "
                              "has its entries",
                              began.column, at.began()));
}

explained_trouble not_in_mapping(const look& at) {
  auto& [problem, context, there, began] = at.trouble();
  if (at.character() == "-")
    return here(at, fmt::format("found a list entry where a key was expected: "
                                "the keys of the mapping{} begin in column "
                                "{}{}",
                                at.began(), began.column, at.entries_above()));
  if (there.column == began.column)
    return here(at, "expected a key and ': '");
  auto closed = at.line().substr(0, at.line().size() - at.rest(there).size());
  auto last = closed.find_last_not_of(" \t");
  if (last != std::string_view::npos
      && (closed[last] == '"' || closed[last] == '\''))
    return here(at, "text follows the closing quotation mark: put the whole "
                    "value in quotes of the other kind");
  return here(at, fmt::format("wrong indentation: the keys of the mapping{} "
                              "begin in column {}, this one in column {}",
                              at.began(), began.column, there.column));
}

explained_trouble not_closed(const look& at, const char* sign,
                             const char* close) {
  return here(at, fmt::format("expected ',' or '{}': the '{}'{} is not closed",
                              close, sign, at.began()));
}

explained_trouble bad_escape(const look& at) {
  return here(at, "unknown escape behind the backslash: write it twice "
                  "(\\\\), or use single quotes, in which it stands for "
                  "itself");
}

explained_trouble no_value(const look& at) {
  auto c = at.character();
  if (c == "%")
    return here(at, "a value that begins with {% must be in quotes: "
                    "\"{% ... %}\"");
  if (c.empty() && at.trouble().context == "while parsing a flow node")
    return {"expected a value, found the end: a '[' or '{' is not closed",
            at.last_sign()};
  if (c.empty())
    return here(at, "expected a value, found the end of the line");
  return here(at, fmt::format("expected a value, found '{}'", c));
}

explained_trouble bad_name(const look& at) {
  auto alias = at.trouble().context.find("alias") != std::string_view::npos;
  return at_beginning(
    at, fmt::format("a value that begins with '{}' must be in quotes",
                    alias ? '*' : '&'));
}

explained_trouble late_entry(const look& at) {
  return here(at, "a list entry '- ' cannot begin here: put it in a line of "
                  "its own below the key");
}

explained_trouble loose_text(const look& at) {
  return here(at, "this belongs to nothing above: the document has ended "
                  "there (wrong indentation?)");
}

explained_trouble tab_indent(const look& at) {
  return here(at, "found a tab: lines are indented with blanks in YAML");
}

explained_trouble control_character(const look& at) {
  return here(at, "found a control character: write it as an escape in "
                  "double quotes");
}

struct row {
  std::string_view problem;
  explained_trouble (*explain)(const look& at);
};

// All words are libyaml's.
constexpr row rows[] = {
  {"found character that cannot start any token", wrong_start},
  {"mapping values are not allowed in this context", second_colon},
  {"found unexpected end of stream", open_quote},
  {"could not find expected ':'", no_colon},
  {"did not find expected '-' indicator", not_in_list},
  {"did not find expected key", not_in_mapping},
  {"did not find expected ',' or '}'",
   [](const look& at) { return not_closed(at, "{", "}"); }},
  {"did not find expected ',' or ']'",
   [](const look& at) { return not_closed(at, "[", "]"); }},
  {"found unknown escape character", bad_escape},
  {"did not find expected node content", no_value},
  {"did not find expected alphabetic or numeric character", bad_name},
  {"block sequence entries are not allowed in this context", late_entry},
  {"did not find expected <document start>", loose_text},
  {"found a tab character that violates indentation", tab_indent},
  {"found a tab character where an indentation space is expected", tab_indent},
  {"control characters are not allowed", control_character},
};

} // namespace

explained_trouble explain_yaml(std::string_view text,
                               const yaml_trouble& trouble) {
  look at{text, trouble};
  for (auto& each : rows)
    if (each.problem == trouble.problem)
      return each.explain(at);
  if (trouble.context.empty())
    return here(at, std::string{trouble.problem});
  return here(at, fmt::format("{} {}", trouble.context, trouble.problem));
}

} // namespace troupe
