#include "platform/simulated/shell_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace troupe {

namespace {

bool is_name_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// A word of a line, or an operator.
struct shell_token {
  std::string text;
  bool is_operator = false;
  /// Some of it was: it is no keyword, and is a word even when empty.
  bool quoted = false;
};

/// What would make a command of its own kind of the words behind it.
bool is_reserved(const std::string& word) {
  constexpr std::array<std::string_view, 35> reserved{
    "!",      "{",      "}",     "if",     "then",   "else",     "elif",
    "fi",     "for",    "while", "until",  "do",     "done",     "case",
    "esac",   "in",     "[[",    "select", "export", "set",      "unset",
    ".",      "source", "eval",  "read",   "shift",  "trap",     "umask",
    "return", "local",  "alias", "wait",   "time",   "function", ":"};
  if (std::find(reserved.begin(), reserved.end(), word) != reserved.end())
    return true;
  auto name_ends = std::find_if_not(word.begin(), word.end(), is_name_part);
  return name_ends != word.begin() && name_ends != word.end()
         && *name_ends == '=';
}

class shell_reader {
public:
  shell_reader(std::string_view text,
               const std::function<std::string(std::string_view)>& variable)
      : text_{text}, variable_{variable} {
  }

  result<std::vector<shell_step>> read() {
    std::vector<shell_step> out(1);
    while (auto token = next()) {
      auto& step = out.back();
      if (!token->is_operator)
        add_word(step, std::move(*token));
      else if (token->text == ">" || token->text == ">>")
        redirect(step, token->text == ">>");
      else if (!step.words.empty())
        out.push_back({.joined_by = std::move(token->text)});
      else if (token->text != "\n" || !step.to.empty())
        refuse(token->text);
    }
    for (auto& step : out)
      if (step.words == std::vector<std::string>{"exec"})
        refuse("exec without a command");
    auto& last = out.back();
    if (last.words.empty()
        && (!last.to.empty() || last.joined_by == "&&"
            || last.joined_by == "||"))
      refuse("nothing behind " + (last.to.empty() ? last.joined_by : ">"));
    if (!trouble_.empty())
      return error{errc::invalid_argument, std::move(trouble_)};
    return out;
  }

private:
  void add_word(shell_step& step, shell_token token) {
    if (step.words.empty() && !token.quoted && is_reserved(token.text))
      refuse(token.text);
    step.words.push_back(std::move(token.text));
  }

  void redirect(shell_step& step, bool appends) {
    auto target = next();
    if (!target || target->is_operator || !step.to.empty()) {
      refuse(">");
      return;
    }
    step.to = std::move(target->text);
    step.appends = appends;
  }

  std::optional<shell_token> next() {
    while (true) {
      skip_blanks();
      if (at_ >= text_.size() || !trouble_.empty())
        return std::nullopt;
      for (std::string_view sign : {"&&", "||", ">>", ">", ";", "\n"})
        if (text_.substr(at_).starts_with(sign)) {
          at_ += sign.size();
          return shell_token{std::string{sign}, true};
        }
      auto out = word();
      // Nothing comes of a variable that is empty.
      if (!out || !out->text.empty() || out->quoted)
        return out;
    }
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (text_[at_] == ' ' || text_[at_] == '\t')
        ++at_;
      else if (text_[at_] == '#')
        at_ = std::min(text_.find('\n', at_), text_.size());
      else if (text_.substr(at_).starts_with("\\\n"))
        at_ += 2;
      else
        return;
    }
  }

  std::optional<shell_token> word() {
    shell_token out;
    char quote = 0;
    auto begin = at_;
    for (; at_ < text_.size() && trouble_.empty(); ++at_) {
      auto c = text_[at_];
      if (quote == 0 && ends_word(c))
        break;
      if (c == quote)
        quote = 0;
      else if (quote == 0 && (c == '\'' || c == '"'))
        quote = c;
      else
        take(c, quote, out);
      out.quoted = out.quoted || quote != 0;
    }
    if (quote != 0)
      refuse("a quote that does not end");
    check_end(begin);
    return trouble_.empty() ? std::optional{std::move(out)} : std::nullopt;
  }

  static bool ends_word(char c) {
    return std::string_view{" \t\n;&|>"}.find(c) != std::string_view::npos;
  }

  /// Pipes, jobs in the background and streams with a number.
  void check_end(size_t begin) {
    if (at_ >= text_.size() || !trouble_.empty())
      return;
    auto c = text_[at_];
    auto number = text_.substr(begin, at_ - begin);
    if (c == '>' && std::all_of(number.begin(), number.end(), [](char x) {
          return x >= '0' && x <= '9';
        }))
      refuse(fmt::format("{}>", number));
    if ((c == '|' || c == '&')
        && (at_ + 1 == text_.size() || text_[at_ + 1] != c))
      refuse(std::string{c});
  }

  void take(char c, char quote, shell_token& out) {
    if (quote != '\'' && c == '\\')
      backslash(quote, out);
    else if (quote != '\'' && c == '$')
      expand(quote, out);
    else if (means_more(c, quote, out))
      refuse(std::string{c});
    else
      out.text += c;
  }

  /// Whether a sign stands for commands, patterns or folders.
  bool means_more(char c, char quote, const shell_token& before) const {
    if (quote != 0)
      return c == '`' && quote == '"';
    if (c == '~')
      return before.text.empty();
    // The program [, and braces by themselves.
    auto alone = before.text.empty()
                 && (at_ + 1 == text_.size() || ends_word(text_[at_ + 1]));
    if (alone && (c == '[' || c == '{' || c == '}'))
      return false;
    return std::string_view{"`<*?[(){}"}.find(c) != std::string_view::npos;
  }

  void backslash(char quote, shell_token& out) {
    if (at_ + 1 == text_.size()) {
      out.text += '\\';
      return;
    }
    auto next = text_[++at_];
    if (next == '\n')
      return;
    if (quote == '"'
        && std::string_view{"$`\"\\"}.find(next) == std::string_view::npos)
      out.text += '\\';
    out.text += next;
    out.quoted = true;
  }

  void expand(char quote, shell_token& out) {
    auto braces = text_.substr(at_ + 1).starts_with('{');
    auto begin = at_ + (braces ? 2 : 1);
    auto end = begin;
    auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!braces && begin < text_.size() && is_digit(text_[begin]))
      ++end;
    else
      while (end < text_.size() && is_name_part(text_[end]))
        ++end;
    auto closed = !braces || text_.substr(end).starts_with('}');
    if (begin == end || !closed) {
      refuse(std::string{text_.substr(at_, 2)});
      return;
    }
    auto value = variable_(text_.substr(begin, end - begin));
    // A shell would make several words of it, or names of files.
    if (quote == 0 && value.find_first_of(" \t\n*?[") != std::string::npos)
      refuse(fmt::format("${} without quotes, as it holds blanks or patterns",
                         text_.substr(begin, end - begin)));
    out.text += value;
    at_ = end - (braces ? 0 : 1);
  }

  void refuse(std::string what) {
    if (trouble_.empty())
      trouble_ = std::move(what);
  }

  std::string_view text_;
  const std::function<std::string(std::string_view)>& variable_;
  size_t at_ = 0;
  std::string trouble_;
};

} // namespace

result<std::vector<shell_step>>
read_shell_text(std::string_view text,
                const std::function<std::string(std::string_view)>& variable) {
  return shell_reader{text, variable}.read();
}

} // namespace troupe
