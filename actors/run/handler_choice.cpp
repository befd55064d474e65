#include "actors/run/handler_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// One choice among the handlers of a play.
class choosing {
public:
  choosing(const std::vector<std::string>& meant, const handler_names& names,
           std::set<std::string>& ran, std::map<std::string, unsigned>& calls)
      : meant_{meant}, names_{names}, ran_{ran}, calls_{calls} {
  }

  std::vector<node> among(const std::vector<node>& all) {
    std::vector<node> out;
    for (auto& each : all)
      if (node taken; take(each, taken))
        out.push_back(std::move(taken));
    return out;
  }

private:
  bool is_meant(const std::string& id) const {
    return std::find(meant_.begin(), meant_.end(), id) != meant_.end();
  }

  /// It is called as its name has been evaluated, by an id of its own.
  template <class T>
  void name(T& x) {
    x.name = names_.name_of(x.id);
    if (auto times = ++calls_[x.id]; times > 1)
      x.id += fmt::format("#{}", times);
  }

  void take_all(std::vector<node>& nodes) {
    for (auto& each : nodes) {
      std::visit(
        [&](auto& x) {
          ran_.insert(x.id);
          name(x);
        },
        each.what);
      if (auto* inner = std::get_if<block>(&each.what))
        for (auto* part : {&inner->body, &inner->rescue, &inner->always})
          take_all(*part);
    }
  }

  bool take(const node& from, node& to) {
    if (auto* handler = std::get_if<task>(&from.what)) {
      if (!is_meant(handler->id) || !ran_.insert(handler->id).second)
        return false;
      auto mine = *handler;
      name(mine);
      to.what = std::move(mine);
      return true;
    }
    auto mine = std::get<block>(from.what);
    if (is_meant(mine.id)) {
      if (!ran_.insert(mine.id).second)
        return false;
      take_all(mine.body);
    } else {
      mine.body = among(mine.body);
      if (mine.body.empty())
        return false;
    }
    take_all(mine.rescue);
    take_all(mine.always);
    name(mine);
    to.what = std::move(mine);
    return true;
  }

  const std::vector<std::string>& meant_;
  const handler_names& names_;
  std::set<std::string>& ran_;
  std::map<std::string, unsigned>& calls_;
};

/// Journals up to version 2 have names in the place of ids.
std::vector<std::string> ids_of(const std::vector<std::string>& notified,
                                const handler_names& names) {
  evaluation_terms terms;
  terms.here = true;
  std::vector<std::string> ids;
  for (auto& each : notified)
    if (each.starts_with("handler:"))
      ids.push_back(each);
    else if (auto meant = names.meaning_of(each, terms))
      ids.insert(ids.end(), meant->ids.begin(), meant->ids.end());
  return ids;
}

} // namespace

std::vector<node>
handler_choice::choose(const std::vector<node>& all,
                       const std::vector<std::string>& notified,
                       const handler_names& names) {
  auto meant = ids_of(notified, names);
  return choosing{meant, names, ran_, calls_}.among(all);
}

} // namespace troupe
