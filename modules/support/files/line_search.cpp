#include "modules/support/files/line_search.hpp"

#include <fmt/format.h>

namespace troupe {

result<std::shared_ptr<const regex>> file_regex(const std::string& pattern,
                                                bool multiline) {
  auto made = regex::get(pattern, {.multiline = multiline, .bytes = true});
  if (made)
    return made;
  return error{errc::invalid_argument, made.why().message};
}

result<line_pattern> line_pattern::regexp(const std::string& pattern) {
  auto made = file_regex(pattern);
  if (!made)
    return made.why();
  line_pattern out;
  out.regex_ = *std::move(made);
  return out;
}

line_pattern line_pattern::text(std::string what) {
  line_pattern out;
  out.text_ = std::move(what);
  return out;
}

result<std::optional<line_pattern>> line_pattern::of(const arguments& args) {
  if (args.has("search_string"))
    return std::optional{text(args.text("search_string"))};
  if (!args.has("regexp"))
    return std::optional<line_pattern>{};
  auto made = regexp(args.text("regexp"));
  if (!made)
    return made.why();
  return std::optional{*std::move(made)};
}

result<bool> line_pattern::matches(std::string_view line) const {
  if (!regex_)
    return line.find(text_) != line.npos;
  auto found = regex_->find(line);
  if (!found)
    return found.why();
  return found->has_value();
}

result<std::string> line_pattern::expand(std::string_view line,
                                         std::string_view replacement) const {
  if (!regex_)
    return std::string{replacement};
  auto found = regex_->find(line);
  if (!found)
    return found.why();
  return *found ? regex_->expand(**found, replacement)
                : std::string{replacement};
}

result<void> may_go_on(const module_context& ctx, size_t number) {
  constexpr size_t seldom = 1024;
  if (number % seldom != seldom - 1 || ctx.wait({}))
    return {};
  return ctx.must_end();
}

} // namespace troupe
