#include "actors/run/handler_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

template <class T>
bool is_meant(const T& handler, const std::vector<std::string>& notified) {
  auto named = [&](std::string_view name) {
    return !name.empty()
           && std::find(notified.begin(), notified.end(), name)
                != notified.end();
  };
  auto& id = handler.id;
  return named(handler.name)
         || named(std::string_view{id}.substr(id.find(':') + 1))
         || std::any_of(handler.listen.begin(), handler.listen.end(), named);
}

} // namespace

void handler_choice::rename(std::string& id) {
  if (auto times = ++calls_[id]; times > 1)
    id += fmt::format("#{}", times);
}

void handler_choice::take_all(std::vector<node>& nodes) {
  for (auto& each : nodes) {
    std::visit(
      [&](auto& x) {
        ran_.insert(x.id);
        rename(x.id);
      },
      each.what);
    if (auto* inner = std::get_if<block>(&each.what))
      for (auto* part : {&inner->body, &inner->rescue, &inner->always})
        take_all(*part);
  }
}

bool handler_choice::take(const node& from,
                          const std::vector<std::string>& notified, node& to) {
  if (auto* handler = std::get_if<task>(&from.what)) {
    if (!is_meant(*handler, notified) || !ran_.insert(handler->id).second)
      return false;
    auto mine = *handler;
    rename(mine.id);
    to.what = std::move(mine);
    return true;
  }
  auto mine = std::get<block>(from.what);
  if (is_meant(mine, notified)) {
    if (!ran_.insert(mine.id).second)
      return false;
    for (auto* part : {&mine.body, &mine.rescue, &mine.always})
      take_all(*part);
  } else {
    mine.body = choose(mine.body, notified);
    if (mine.body.empty())
      return false;
    for (auto* part : {&mine.rescue, &mine.always})
      take_all(*part);
  }
  rename(mine.id);
  to.what = std::move(mine);
  return true;
}

std::vector<node>
handler_choice::choose(const std::vector<node>& all,
                       const std::vector<std::string>& notified) {
  std::vector<node> out;
  for (auto& each : all)
    if (node taken; take(each, notified, taken))
      out.push_back(std::move(taken));
  return out;
}

} // namespace troupe
