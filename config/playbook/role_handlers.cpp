#include "config/playbook/role_expander.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe {

// Handlers of roles; see role_expander.cpp.

namespace {

void say_around(node& inner, const keywords& outer) {
  std::visit(
    [&](auto& x) {
      keywords said;
      for (auto& each : outer)
        if (!each.is("vars") && !each.is("tags"))
          said.say(each);
      for (auto& each : x.said)
        said.say(each);
      x.said = std::move(said);
    },
    inner.what);
}

} // namespace

void role_expander::read_handlers_of(const role_files& role,
                                     const block& around) {
  if (role.handlers.content.is_null())
    return;
  if (found_.ahead)
    found_.handlers_ahead.push_back({role.handlers, role_->frame, role_->vars,
                                     around.said, role_->collections});
  else
    read_handlers(role.handlers, around.said);
}

void role_expander::read_handlers(const read_document& from,
                                  const keywords& around) {
  auto& now = found_.handlers_open;
  if (std::find(now.begin(), now.end(), from.path) != now.end())
    return;
  now.push_back(from.path);
  auto all = list_of_handlers(from);
  now.pop_back();
  for (auto& each : all)
    say_around(each, around);
  // Of a role that is used twice those of the last use are meant; by another
  // name it is another one.
  auto source = fmt::format("{}\n{}", role_->frame->name, from.path);
  auto& before = found_.handlers_from;
  for (size_t i = before.size(); i-- > 0;)
    if (before[i] == source) {
      before.erase(before.begin() + static_cast<ptrdiff_t>(i));
      found_.handlers.erase(found_.handlers.begin()
                            + static_cast<ptrdiff_t>(i));
      found_.handlers_by.erase(found_.handlers_by.begin()
                               + static_cast<ptrdiff_t>(i));
    }
  found_.handlers_by.insert(found_.handlers_by.end(), all.size(),
                            found_.comes_by);
  before.insert(before.end(), all.size(), source);
  std::move(all.begin(), all.end(), std::back_inserter(found_.handlers));
}

std::vector<node> ordered_handlers(play_findings& found,
                                   std::vector<node> own) {
  std::vector<node> out;
  auto take = [&](role_entry by) {
    for (size_t i = 0; i < found.handlers.size(); ++i)
      if (found.handlers_by[i] == by)
        out.push_back(std::move(found.handlers[i]));
  };
  take(role_entry::of_play);
  std::move(own.begin(), own.end(), std::back_inserter(out));
  take(role_entry::imported);
  take(role_entry::included);
  return out;
}

std::vector<node> role_expander::list_of_handlers(const read_document& from) {
  auto name = std::make_shared<const std::string>(from.path);
  auto* role = role_;
  // That its role has run is no reason to leave out a handler.
  auto mine = *role;
  auto frame = *role->frame;
  frame.key.clear();
  mine.frame = std::make_shared<const role_frame>(std::move(frame));
  role_ = &mine;
  auto outer = std::exchange(in_handlers_, true);
  auto all = read_list(from.content, name, in_handler);
  in_handlers_ = outer;
  role_ = role;
  return all;
}

} // namespace troupe
