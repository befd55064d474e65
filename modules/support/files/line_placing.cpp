#include "modules/support/files/line_placing.hpp"

#include "modules/support/files/line_search.hpp"
#include "modules/support/files/text_lines.hpp"

#include <vector>

namespace troupe {

namespace {

constexpr size_t nowhere = std::string_view::npos;

/// What becomes of one line: of the lines from `at` on, `dropped` make way for
/// `text`.
struct line_change {
  size_t at = 0;
  size_t dropped = 0;
  std::string text;
  std::string_view msg = "line added";
};

/// One call with `state: present`.
class line_placing {
public:
  line_placing(const arguments& args, std::string_view content,
               const module_context& ctx)
      : args_{args}, ctx_{ctx}, lines_{lines_with_ends(content)},
        line_{args.text("line")}, after_{args.text("insertafter")},
        before_{args.text("insertbefore")} {
    if (!args.has("insertafter") && !args.has("insertbefore"))
      after_ = "EOF";
  }

  result<std::optional<line_change>> find() {
    if (auto done = search(); !done)
      return done.why();
    if (match_ == nowhere)
      if (auto done = search_neighbour(); !done)
        return done.why();
    if (match_ != nowhere)
      return replacement();
    if (args_.flag("backrefs"))
      return std::optional<line_change>{};
    return insertion();
  }

  /// The whole text with the change in it.
  std::string text_with(const line_change& change) const {
    std::string out;
    auto append = [&](size_t from, size_t to) {
      for (auto i = from; i < to; ++i)
        out += lines_[i];
    };
    append(0, change.at);
    out += change.text;
    append(change.at + change.dropped, lines_.size());
    return out;
  }

private:
  /// The line that `regexp` or `search_string` means: the last one, unless the
  /// first is asked for.
  result<void> search() {
    auto pattern = line_pattern::of(args_);
    if (!pattern || !*pattern)
      return pattern ? result<void>{} : result<void>{pattern.why()};
    for (size_t i = 0; i < lines_.size(); ++i) {
      if (auto on = may_go_on(ctx_, i); !on)
        return on;
      auto found = (*pattern)->matches(lines_[i]);
      if (!found)
        return found.why();
      if (!*found)
        continue;
      match_ = i;
      if (args_.flag("firstmatch"))
        break;
    }
    return match_ == nowhere ? result<void>{} : expand(**pattern);
  }

  result<void> expand(const line_pattern& pattern) {
    if (!args_.flag("backrefs"))
      return {};
    auto text = pattern.expand(lines_[match_], line_);
    if (!text)
      return text.why();
    line_ = *std::move(text);
    return {};
  }

  /// The line itself, or a place beside another one.
  result<void> search_neighbour() {
    std::optional<line_pattern> beside;
    auto& wanted = after_.empty() ? before_ : after_;
    auto names_end = wanted == "EOF" && !after_.empty();
    if (!wanted.empty() && wanted != "BOF" && !names_end) {
      auto made = line_pattern::regexp(wanted);
      if (!made)
        return made.why();
      beside = *std::move(made);
    }
    for (size_t i = 0; i < lines_.size(); ++i) {
      if (auto on = may_go_on(ctx_, i); !on)
        return on;
      if (without_line_end(lines_[i]) == line_) {
        match_ = i;
        continue;
      }
      if (!beside)
        continue;
      auto found = beside->matches(lines_[i]);
      if (!found)
        return found.why();
      if (!*found)
        continue;
      place_ = after_.empty() ? i : i + 1;
      if (args_.flag("firstmatch"))
        break;
    }
    return {};
  }

  std::string line_with_end() const {
    return line_.ends_with('\n') ? line_ : line_ + '\n';
  }

  std::optional<line_change> replacement() const {
    auto line = line_with_end();
    if (lines_[match_] == line)
      return std::nullopt;
    return line_change{match_, 1, std::move(line), "line replaced"};
  }

  std::optional<line_change> insertion() const {
    auto line = line_ + '\n';
    if (before_ == "BOF" || after_ == "BOF")
      return line_change{0, 0, std::move(line)};
    if (after_ == "EOF" || place_ == nowhere)
      return line_change{lines_.size(), 0, at_end(std::move(line))};
    if (after_.empty())
      return line_change{place_, 0, std::move(line)};
    // The next line may be this one but for its end.
    auto end = place_ == lines_.size();
    if (without_line_end(lines_[end ? place_ - 1 : place_]) == line_)
      return std::nullopt;
    return line_change{place_, 0, end ? at_end(std::move(line)) : line};
  }

  /// Behind a last line without an end.
  std::string at_end(std::string line) const {
    auto open = !lines_.empty() && !ends_its_line(lines_.back());
    return open ? "\n" + line : line;
  }

  const arguments& args_;
  const module_context& ctx_;
  std::vector<std::string_view> lines_;
  std::string line_;
  std::string after_;
  std::string before_;
  size_t match_ = nowhere;
  size_t place_ = nowhere;
};

} // namespace

result<std::optional<placed_line>> place_line(std::string_view content,
                                              const arguments& args,
                                              const module_context& ctx) {
  line_placing placing{args, content, ctx};
  auto change = placing.find();
  if (!change)
    return change.why();
  if (!*change)
    return std::optional<placed_line>{};
  return std::optional{
    placed_line{placing.text_with(**change), (*change)->msg}};
}

} // namespace troupe
