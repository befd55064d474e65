#include "actors/cli/picture.hpp"

#include "actors/run/handler_names.hpp"
#include "actors/run/meta_words.hpp"
#include "config/plan/plan_reader.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace troupe {

namespace {

using parts = std::vector<picture_part>;
using role = picture_box::role;

/// Draws one play after another.
class picture_maker {
public:
  picture make(const plan& p) {
    out_.name = p.name.empty() ? p.shown_as : p.name;
    for (size_t i = 0; i < p.plays.size(); ++i)
      add(p.plays[i], i);
    return std::move(out_);
  }

private:
  void add(const play& p, size_t number) {
    play_ = number;
    of_ = &p;
    by_id_.clear();
    auto box = new_box({}, p.name.empty() ? "play" : p.name, role::play, {});
    out_.boxes[box].order = p.body.order;
    add_children(p.body.body, p.body.order, box, {}, link_kind::order);
    if (!p.handlers.empty()) {
      auto inside = add_section(p.handlers, "handlers", role::handlers, box, {},
                                link_kind::order);
      static_cast<void>(inside);
    }
    link_dependencies(p.body);
    link_handlers(p);
  }

  size_t new_box(std::string id, std::string name, role what,
                 std::optional<size_t> around) {
    auto index = out_.boxes.size();
    auto& box = out_.boxes.emplace_back();
    box.id = std::move(id);
    box.name = std::move(name);
    box.what = what;
    box.play = play_;
    box.around = around;
    if (around)
      out_.boxes[*around].inside.push_back({true, index});
    return index;
  }

  void step(const picture_part& from, const picture_part& to, link_kind kind) {
    out_.steps.push_back({from, to, kind});
  }

  /// Adds a child and returns the tasks it ends with.
  parts add_node(const node& n, size_t box, const parts& before,
                 link_kind kind) {
    if (auto* t = std::get_if<task>(&n.what)) {
      picture_part made{false, out_.tasks.size()};
      // Where a play has its handlers run, nobody has named it.
      auto name = t->name.empty() ? meta_action_of(*t) : t->name;
      out_.tasks.push_back(
        {t->id, std::move(name), t->module, t->place, play_, box, nullptr});
      out_.boxes[box].inside.push_back(made);
      by_id_[t->id] = made;
      for (auto& each : before)
        step(each, made, kind);
      return {made};
    }
    auto& b = std::get<block>(n.what);
    auto inner
      = new_box(b.id, b.name.empty() ? b.id : b.name, role::block, box);
    out_.boxes[inner].order = b.order;
    by_id_[b.id] = {true, inner};
    auto last = add_children(b.body, b.order, inner, before, kind);
    auto rescued = add_section(b.rescue, "rescue", role::rescue, inner, last,
                               link_kind::failure);
    if (!b.rescue.empty())
      last.insert(last.end(), rescued.begin(), rescued.end());
    last = add_section(b.always, "always", role::always, inner, last,
                       link_kind::order);
    ends_[inner] = last;
    return last;
  }

  parts add_section(const std::vector<node>& nodes, const char* name, role what,
                    size_t around, const parts& before, link_kind kind) {
    if (nodes.empty())
      return before;
    auto box = new_box(name, name, what, around);
    // Handlers wait for nothing but their notices.
    auto order
      = what == role::handlers ? block_order::graph : block_order::sequence;
    return add_children(nodes, order, box, before, kind);
  }

  /// `kind`: of the steps from `before` to the first of them.
  parts add_children(const std::vector<node>& nodes, block_order order,
                     size_t box, const parts& before, link_kind kind) {
    auto last = before;
    parts all;
    for (auto& child : nodes) {
      bool in_row = order == block_order::sequence;
      bool follows = in_row && !all.empty();
      auto done = add_node(child, box, in_row ? last : before,
                           follows ? link_kind::order : kind);
      all.insert(all.end(), done.begin(), done.end());
      last = std::move(done);
    }
    return order == block_order::sequence || all.empty() ? last : all;
  }

  void link_dependencies(const block& b) {
    for (auto& child : b.body)
      if (auto* inner = std::get_if<block>(&child.what)) {
        link(inner->dependencies, inner->id);
        link_dependencies(*inner);
      } else {
        auto& t = std::get<task>(child.what);
        link(t.dependencies, t.id);
      }
  }

  void link(const std::vector<std::string>& wanted, const std::string& to) {
    auto at = by_id_.at(to);
    for (auto& id : wanted) {
      auto from = by_id_.find(id);
      if (from == by_id_.end())
        continue;
      out_.said.push_back({from->second, at, link_kind::dependency});
      for (auto& end : ends_of(from->second))
        for (auto& first : first_of(at))
          step(end, first, link_kind::dependency);
    }
  }

  parts ends_of(const picture_part& x) {
    return x.is_box ? ends_[x.index] : parts{x};
  }

  /// The first task in something; nothing in what is empty.
  parts first_of(const picture_part& x) const {
    if (!x.is_box)
      return {x};
    for (auto& child : out_.boxes[x.index].inside)
      if (auto first = first_of(child); !first.empty())
        return first;
    return {};
  }

  void link_handlers(const play& p) {
    std::vector<handler> all;
    gather(p.handlers, all);
    auto under = keywords{}.with(p.said);
    link_notices(p.body, under, all);
    link_notices(p.handlers, under, all);
  }

  struct handler {
    picture_part part;
    std::string_view id;
    std::string_view name;
    const std::vector<std::string>* listen;
    const role_frame* role;
  };

  /// Handlers, blocks of them, and what is in these: each has a name.
  void gather(const std::vector<node>& in, std::vector<handler>& to) const {
    for (auto& each : in) {
      std::visit(
        [&](auto& x) {
          to.push_back({by_id_.at(x.id), written_id(x.id, *of_), x.name,
                        &x.listen, x.role.get()});
        },
        each.what);
      if (auto* inner = std::get_if<block>(&each.what))
        for (auto* part : {&inner->body, &inner->rescue, &inner->always})
          gather(*part, to);
    }
  }

  void link_notices(const block& b, const keywords& around,
                    const std::vector<handler>& all) {
    auto under = around.with(b.said);
    for (auto* part : {&b.body, &b.rescue, &b.always})
      link_notices(*part, under, all);
  }

  void link_notices(const std::vector<node>& in, const keywords& under,
                    const std::vector<handler>& all) {
    for (auto& each : in) {
      if (auto* inner = std::get_if<block>(&each.what)) {
        link_notices(*inner, under, all);
        continue;
      }
      auto& t = std::get<task>(each.what);
      auto said = under.with(t.said);
      auto* names = said.find("notify");
      if (!names || !names->x.is_list())
        continue;
      for (auto& name : names->x.as_list())
        link_notice(by_id_.at(t.id), name.text_or(""), all);
    }
  }

  /// As a run finds whom a name means; see `handler_names`.
  void link_notice(const picture_part& from, std::string_view name,
                   const std::vector<handler>& all) {
    const handler* called = nullptr;
    for (auto& each : all)
      if (is_handler_called(each.name, name)
          && (!called || called->role != each.role))
        called = &each;
    for (auto& each : all)
      if (&each == called || each.id == name
          || std::find(each.listen->begin(), each.listen->end(), name)
               != each.listen->end())
        notify(from, each.part);
  }

  void notify(const picture_part& from, const picture_part& to) {
    out_.said.push_back({from, to, link_kind::notice});
    for (auto& first : first_of(to))
      step(from, first, link_kind::notice);
  }

  picture out_;
  size_t play_ = 0;
  const play* of_ = nullptr;
  // Of this play.
  std::unordered_map<std::string, picture_part> by_id_;
  // The tasks that boxes end with.
  std::unordered_map<size_t, parts> ends_;
};

} // namespace

picture picture_of(const plan& p) {
  return picture_maker{}.make(p);
}

std::optional<picture_part> child_of(const picture& p, size_t box,
                                     picture_part x) {
  for (;;) {
    auto around = x.is_box ? p.boxes[x.index].around : p.tasks[x.index].box;
    if (!around)
      return std::nullopt;
    if (*around == box)
      return x;
    x = {true, *around};
  }
}

} // namespace troupe
