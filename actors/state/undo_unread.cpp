#include "actors/state/undo_unread.hpp"

#include <algorithm>
#include <string_view>

namespace troupe {

namespace {

constexpr const char* stars = "********";

// What is shorter is no secret, and is in many a word by chance.
constexpr size_t shortest_hidden = 4;

void replace_all(std::string& in, std::string_view what, std::string_view by) {
  if (what.empty())
    return;
  for (auto at = in.find(what); at != std::string::npos;
       at = in.find(what, at + by.size()))
    in.replace(at, what.size(), by);
}

void hide_in(std::string& text, const undo_entry& of) {
  auto& shown = of.unread->shown;
  if (text.empty() || of.path == shown)
    return;
  // The longest first, so that nothing is left of one behind another.
  for (auto name = of.path; !name.empty();
       name.resize(std::min(name.rfind('/'), name.size()))) {
    if (shown.starts_with(name))
      break;
    replace_all(text, name,
                name == of.path && !shown.empty() ? shown : std::string{stars});
    if (name.find('/') == std::string::npos)
      break;
  }
}

} // namespace

std::string shown_path(const undo_entry& of) {
  if (!of.unread)
    return of.path;
  return of.unread->shown.empty() ? "(hidden by no_log)" : of.unread->shown;
}

void hide_unread(undo_step& step, const undo_entry& of) {
  if (!of.unread)
    return;
  step.path = shown_path(of);
  for (auto* text : {&step.what, &step.diff}) {
    hide_in(*text, of);
    for (auto* target : {&of.target, &of.after.target})
      if (target->size() >= shortest_hidden)
        replace_all(*text, *target, stars);
  }
}

} // namespace troupe
