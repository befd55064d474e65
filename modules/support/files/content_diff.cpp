#include "modules/support/files/content_diff.hpp"

#include "config/value/utf8.hpp"

namespace troupe {

void show_side(dict& diff, diff_side side,
               std::optional<std::string_view> content) {
  auto before = side == diff_side::before;
  std::string text;
  if (!content || content->size() > longest_diff)
    diff.set(before ? "dst_larger" : "src_larger", int64_t{longest_diff});
  else if (content->find('\0') != std::string_view::npos)
    diff.set(before ? "dst_binary" : "src_binary", 1);
  else
    text = repair_utf8(*content);
  diff.set(before ? "before" : "after", value::from_host(std::move(text)));
}

} // namespace troupe
