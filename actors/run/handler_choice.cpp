#include "actors/run/handler_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// Takes handlers of which it is asked for out of those that are meant.
class choosing {
public:
  choosing(std::set<std::string>& meant, std::set<std::string>& taken,
           const handler_names& names, std::map<std::string, unsigned>& calls,
           std::map<std::string, std::string>& named)
      : meant_{meant}, taken_{taken}, names_{names}, calls_{calls}, named_{
                                                                      named} {
  }

  bool take(const node& from, node& to) {
    if (auto* handler = std::get_if<task>(&from.what)) {
      if (!is_meant(handler->id))
        return false;
      auto mine = *handler;
      name(mine);
      to.what = std::move(mine);
      return true;
    }
    auto mine = std::get<block>(from.what);
    if (is_meant(mine.id)) {
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

private:
  bool is_meant(const std::string& id) {
    if (meant_.erase(id) == 0)
      return false;
    taken_.insert(id);
    return true;
  }

  std::vector<node> among(const std::vector<node>& all) {
    std::vector<node> out;
    for (auto& each : all)
      if (node taken; take(each, taken))
        out.push_back(std::move(taken));
    return out;
  }

  /// It is called as its name has been evaluated, by an id of its own.
  template <class T>
  void name(T& x) {
    auto known = x.id;
    x.name = names_.name_of(known);
    if (auto times = ++calls_[known]; times > 1)
      x.id += fmt::format("#{}", times);
    named_[x.id] = std::move(known);
  }

  void take_all(std::vector<node>& nodes) {
    for (auto& each : nodes) {
      std::visit(
        [&](auto& x) {
          meant_.erase(x.id);
          taken_.insert(x.id);
          name(x);
        },
        each.what);
      if (auto* inner = std::get_if<block>(&each.what))
        for (auto* part : {&inner->body, &inner->rescue, &inner->always})
          take_all(*part);
    }
  }

  std::set<std::string>& meant_;
  std::set<std::string>& taken_;
  const handler_names& names_;
  std::map<std::string, unsigned>& calls_;
  std::map<std::string, std::string>& named_;
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

void handler_choice::note(const std::vector<std::string>& notified,
                          const handler_names& names) {
  // One that notifies itself has run with that.
  for (auto& id : ids_of(notified, names))
    if (!last_.contains(id))
      meant_.insert(std::move(id));
  last_.clear();
}

std::optional<node> handler_choice::next(const std::vector<node>& all,
                                         const handler_names& names) {
  taken_.clear();
  choosing from{meant_, last_, names, calls_, taken_};
  while (!meant_.empty() && next_ < all.size())
    if (node taken; from.take(all[next_++], taken))
      return taken;
  return std::nullopt;
}

} // namespace troupe
