#include "config/language/syntax/lexer.hpp"

#include "config/language/syntax/lexer_expression.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// Cuts a template into its text and its tags.
class lexer {
public:
  lexer(const source_text& source, const template_settings& settings)
      : s_{with_line_feeds(source.parsed), source, settings} {
  }

  result<std::vector<token>> run() {
    while (s_.at < s_.text.size())
      if (auto done = next(); !done)
        return done.why();
    s_.out.push_back({token_kind::end, "", s_.position(s_.at)});
    return std::move(s_.out);
  }

private:
  enum class tag {
    none,
    raw,
    variable,
    block,
    comment,
    line_statement,
    line_comment
  };

  struct opening {
    tag kind = tag::none;
    size_t from = std::string::npos;
    // Behind the delimiter and its sign.
    size_t to = 0;
    char sign = 0;
  };

  lexer_state s_;
  expression_lexer inside_{s_};
  // The last token ended with a line feed: a tag may be first on its line
  // although the data before it is empty.
  bool line_starting_ = true;
  // The next block, comment and variable tag.
  size_t next_[3] = {};
  // The next line statement and line comment.
  line_tag line_[2];
  bool looked_ = false;

  result<void> next() {
    auto open = find_opening();
    push_data(open);
    if (open.kind == tag::none) {
      s_.at = s_.text.size();
      return {};
    }
    s_.at = open.to;
    line_starting_ = false;
    switch (open.kind) {
    case tag::comment:
      return comment(open.from);
    case tag::raw:
      return raw(open.from);
    case tag::line_comment:
      ended(std::min(s_.text.find('\n', s_.at), s_.text.size()));
      return {};
    case tag::line_statement:
      return line_statement(open.from);
    case tag::variable:
      return expression(open.from, token_kind::variable_begin);
    default:
      return expression(open.from, token_kind::block_begin);
    }
  }

  opening find_opening() {
    opening best;
    size_t which = 0;
    auto consider = [&](tag kind, std::string_view start) {
      // Where the next tag of a kind is stays true until it is passed: looking
      // again for each tag would make the time quadratic.
      auto& from = next_[which++];
      if (from < s_.at || !looked_)
        from = s_.text.find(start, s_.at);
      if (start.empty() || from == std::string::npos || from > best.from)
        return;
      // Of two that begin at one place the longer one wins.
      if (from == best.from && start.size() < best.to - best.from)
        return;
      best = {kind, from, from + start.size(), 0};
    };
    consider(tag::block, s_.settings.block_start);
    consider(tag::comment, s_.settings.comment_start);
    consider(tag::variable, s_.settings.variable_start);
    consider_lines(best);
    looked_ = true;
    if (best.kind == tag::none)
      return best;
    if (best.kind == tag::block)
      if (auto end = raw_opening(best.from))
        return *end;
    if (best.to < s_.text.size()
        && (s_.text[best.to] == '-' || s_.text[best.to] == '+'))
      best.sign = s_.text[best.to++];
    return best;
  }

  /// Of two that begin at one place the longer one wins, by its delimiter.
  void consider_lines(opening& best) {
    auto width = best.to - best.from;
    for (auto kind : {tag::line_statement, tag::line_comment}) {
      auto statement = kind == tag::line_statement;
      auto& prefix = statement ? s_.settings.line_statement_prefix
                               : s_.settings.line_comment_prefix;
      auto& found = line_[statement ? 0 : 1];
      if (!prefix.empty() && (!looked_ || found.from < s_.at))
        found = find_line_tag(s_, prefix, statement);
      if (found.from < best.from
          || (found.to > 0 && found.from == best.from
              && prefix.size() > width)) {
        best = {kind, found.from, found.to, 0};
        width = prefix.size();
      }
    }
  }

  result<void> line_statement(size_t from) {
    s_.out.push_back({token_kind::block_begin, "", s_.position(from)});
    inside_.begin();
    for (;;) {
      auto to = inside_.may_end() ? line_statement_end(s_) : 0;
      if (to > 0) {
        s_.out.push_back({token_kind::block_end, "", s_.position(s_.at)});
        ended(to);
        return {};
      }
      if (s_.at == s_.text.size())
        return {};
      if (auto done = inside_.next(false); !done)
        return done;
    }
  }

  std::optional<opening> raw_opening(size_t from) const {
    opening out{tag::raw, from, from + s_.settings.block_start.size(), 0};
    if (out.to < s_.text.size()
        && (s_.text[out.to] == '-' || s_.text[out.to] == '+'))
      out.sign = s_.text[out.to++];
    auto word = s_.skip_space(out.to);
    if (!s_.starts_with(word, "raw"))
      return std::nullopt;
    auto end = s_.skip_space(word + 3);
    if (s_.starts_with(end, "-" + s_.settings.block_end)) {
      out.to = s_.skip_space(end + 1 + s_.settings.block_end.size());
      return out;
    }
    if (!s_.starts_with(end, s_.settings.block_end))
      return std::nullopt;
    out.to = end + s_.settings.block_end.size();
    return out;
  }

  /// The text before a tag, with what the tag's sign takes away.
  std::string stripped(std::string_view data, char sign, bool strips_line) {
    if (sign == '-') {
      data = data.substr(0, blanks_from(data));
    } else if (sign != '+' && s_.settings.lstrip_blocks && strips_line) {
      auto line = data.rfind('\n') + 1;
      auto blank = blanks_from(data) <= line;
      if ((line > 0 || line_starting_) && blank)
        data = data.substr(0, line);
    }
    return with_newlines(data, s_.settings.newline_sequence);
  }

  void push_data(const opening& open) {
    auto end = open.kind == tag::none ? s_.text.size() : open.from;
    auto data = std::string_view{s_.text}.substr(s_.at, end - s_.at);
    // Behind the last tag there is none that would take blanks along.
    bool strips_line = open.kind != tag::variable && open.kind != tag::none;
    auto out = stripped(data, open.sign, strips_line);
    if (!out.empty())
      s_.out.push_back({token_kind::data, std::move(out), s_.position(s_.at)});
    if (!data.empty())
      line_starting_ = data.back() == '\n';
  }

  /// Where a closing delimiter at `offset` ends, with what it takes along;
  /// zero when there is none.
  size_t closing(size_t offset, std::string_view end, bool trims) const {
    if (offset >= s_.text.size())
      return 0;
    if (s_.text[offset] == '-' && s_.starts_with(offset + 1, end))
      return s_.skip_space(offset + 1 + end.size());
    if (trims && s_.text[offset] == '+' && s_.starts_with(offset + 1, end))
      return offset + 1 + end.size();
    if (!s_.starts_with(offset, end))
      return 0;
    auto to = offset + end.size();
    if (trims && s_.settings.trim_blocks && to < s_.text.size()
        && s_.text[to] == '\n')
      ++to;
    return to;
  }

  void ended(size_t to) {
    line_starting_ = to > 0 && s_.text[to - 1] == '\n';
    s_.at = to;
  }

  result<void> comment(size_t from) {
    for (auto i = s_.at; i < s_.text.size(); ++i)
      if (auto to = closing(i, s_.settings.comment_end, true)) {
        ended(to);
        return {};
      }
    return s_.fail(from, "Missing end of comment tag");
  }

  result<void> raw(size_t from) {
    for (auto i = s_.text.find(s_.settings.block_start, s_.at);
         i != std::string::npos;
         i = s_.text.find(s_.settings.block_start, i + 1)) {
      auto to = i + s_.settings.block_start.size();
      char sign = 0;
      if (to < s_.text.size() && (s_.text[to] == '-' || s_.text[to] == '+'))
        sign = s_.text[to++];
      to = s_.skip_space(to);
      if (!s_.starts_with(to, "endraw"))
        continue;
      to = closing(s_.skip_space(to + 6), s_.settings.block_end, true);
      if (!to)
        continue;
      auto data = std::string_view{s_.text}.substr(s_.at, i - s_.at);
      auto out = stripped(data, sign, true);
      if (!out.empty())
        s_.out.push_back(
          {token_kind::data, std::move(out), s_.position(s_.at)});
      ended(to);
      return {};
    }
    return s_.fail(from, "Missing end of raw directive");
  }

  result<void> expression(size_t from, token_kind begin) {
    auto variable = begin == token_kind::variable_begin;
    auto& end = variable ? s_.settings.variable_end : s_.settings.block_end;
    s_.out.push_back({begin, "", s_.position(from)});
    inside_.begin();
    while (s_.at < s_.text.size()) {
      if (auto to = inside_.may_end() ? closing(s_.at, end, !variable) : 0) {
        s_.out.push_back(
          {variable ? token_kind::variable_end : token_kind::block_end, "",
           s_.position(s_.at)});
        ended(to);
        return {};
      }
      if (auto done = inside_.next(variable); !done)
        return done;
    }
    // The parser reports what was expected instead of the end.
    return {};
  }
};

} // namespace

result<std::vector<token>> tokenize(const source_text& source,
                                    const template_settings& settings) {
  return lexer{source, settings}.run();
}

} // namespace troupe
