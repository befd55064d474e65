#include "modules/support/commands/line_words.hpp"

#include "modules/support/commands/key_values.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// What is open at a place of a line: a quotation, and blocks of templates.
struct open_at {
  char quote = '\0';
  size_t prints = 0;
  size_t blocks = 0;
  size_t comments = 0;

  bool in_template() const {
    return prints + blocks + comments > 0;
  }

  bool operator==(const open_at&) const = default;

  /// What is open behind `piece`, which has no blanks.
  void pass(std::string_view piece) {
    for (size_t i = 0; i < piece.size(); ++i) {
      auto c = piece[i];
      bool mark = (c == '"' || c == '\'') && (i == 0 || piece[i - 1] != '\\');
      if (mark && quote == '\0')
        quote = c;
      else if (mark && quote == c)
        quote = '\0';
    }
    count(prints, piece, "{{", "}}");
    count(blocks, piece, "{%", "%}");
    count(comments, piece, "{#", "#}");
  }

private:
  static size_t how_often(std::string_view text, std::string_view what) {
    size_t out = 0;
    for (auto at = text.find(what); at != std::string_view::npos;
         at = text.find(what, at + what.size()))
      ++out;
    return out;
  }

  static void count(size_t& depth, std::string_view piece,
                    std::string_view opens, std::string_view closes) {
    depth += how_often(piece, opens);
    depth -= std::min(depth, how_often(piece, closes));
  }
};

class word_cutter {
public:
  std::vector<std::string> cut(std::string_view text) {
    auto lines = split_text(text, '\n');
    for (size_t i = 0; i < lines.size(); ++i) {
      bool goes_on = take_line(lines[i]);
      if (i + 1 < lines.size() && !goes_on && !words_.empty())
        words_.back() += '\n';
    }
    return std::move(words_);
  }

private:
  /// Whether a backslash says that the next line is part of it.
  bool take_line(std::string_view line) {
    auto pieces = split_text(line, ' ');
    bool goes_on = false;
    for (size_t i = 0; i < pieces.size(); ++i) {
      auto& piece = pieces[i];
      if (piece.empty() && i > 0) {
        if (!words_.empty())
          words_.back() += ' ';
      } else if (piece == "\\" && now_.quote == '\0') {
        goes_on = true;
      } else {
        take(piece, i, pieces.size() == 1);
      }
    }
    return goes_on;
  }

  void take(const std::string& piece, size_t number, bool alone) {
    auto before = now_;
    now_.pass(piece);
    bool was_quoted = before.quote != '\0';
    bool joins = before.in_template() || was_quoted;
    if (!joins || words_.empty()) {
      if (!piece.empty() || now_ != before)
        words_.push_back(piece);
      return;
    }
    if (number == 0 && was_quoted)
      words_.back() += piece;
    else if (alone)
      words_.back() += "\n" + piece;
    else
      words_.back() += (number > 0 ? " " : "") + piece;
  }

  std::vector<std::string> words_;
  open_at now_;
};

} // namespace

std::vector<std::string> line_words(std::string_view line) {
  return word_cutter{}.cut(line);
}

std::string joined_words(const std::vector<std::string>& words) {
  std::string out;
  for (auto& each : words) {
    if (!out.empty() && out.back() != '\n')
      out += ' ';
    out += each;
  }
  return out;
}

} // namespace troupe
