#include "actors/state/missing_handlers.hpp"

#include "config/language/language.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/value/nearest.hpp"
#include "modules/module.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace troupe {

namespace {

constexpr size_t most_found = 100;

/// Looks at the plays one after another.
class notice_checker {
public:
  explicit notice_checker(const module_table& modules) : modules_{modules} {
  }

  void look_at(const play& p) {
    known_.clear();
    names_.clear();
    open_ = false;
    auto add = [&](const auto& h) { add_handler(h, p); };
    for_each_block(p.handlers, add);
    for_each_task(p.handlers, add);
    auto ask = [&](const task& t) { open_ = open_ || is_open(t); };
    for_each_task(p.body, ask);
    for_each_task(p.handlers, ask);
    if (open_)
      return;
    auto check = [&](const auto& x) { check_notices(x); };
    for_each_block(p.body, check);
    for_each_task(p.body, check);
    for_each_block(p.handlers, check);
    for_each_task(p.handlers, check);
  }

  problems take() {
    return std::move(out_);
  }

private:
  template <class Handler>
  void add_handler(const Handler& h, const play& of) {
    // The tasks of its role need not say which role it is of.
    constexpr std::string_view behind_role = " : ";
    std::string_view name = h.name;
    add(name);
    if (auto at = name.find(behind_role); at != name.npos)
      add(name.substr(at + behind_role.size()));
    for (auto& each : h.listen)
      add(each);
    // People see nothing of the ids that are only numbers.
    known_.insert(written_id(h.id, of));
  }

  void add(std::string_view name) {
    open_ = open_ || has_template(name);
    if (!name.empty() && known_.insert(name).second)
      names_.emplace_back(name);
  }

  /// Whether what it stands for is only known when the run is under way.
  bool is_open(const task& t) const {
    auto module = module_in(modules_, t);
    if (!module)
      return has_template(std::string_view{t.module});
    auto engine = module->spec().engine;
    return engine == engine_task::include || engine == engine_task::import;
  }

  template <class Holder>
  void check_notices(const Holder& x) {
    auto* said = x.said.find("notify");
    if (!said)
      return;
    auto around = place_of(said->x, x.place);
    if (!said->x.is_list())
      return check_name(said->x, around);
    for (auto& each : said->x.as_list())
      check_name(each, around);
  }

  void check_name(const value& wanted, const source_place& around) {
    if (!wanted.is_text() || has_template(wanted) || out_.size() >= most_found)
      return;
    std::string_view name = wanted.as_string();
    auto place = place_of(wanted, around);
    // A role may be there twice, with the same tasks.
    if (known_.contains(name)
        || std::any_of(out_.begin(), out_.end(),
                       [&](auto& each) { return each.place == place; }))
      return;
    out_.push_back(
      {place, fmt::format("no handler is called '{}' or listens to it{}", name,
                          did_you_mean(name, names_))});
  }

  const module_table& modules_;
  problems out_;
  // Of the play that is being looked at.
  std::unordered_set<std::string_view> known_;
  std::vector<std::string> names_;
  bool open_ = false;
};

} // namespace

problems missing_handlers(const plan& p, const module_table& modules) {
  notice_checker look{modules};
  if (p.playbook)
    for (auto& each : p.plays)
      look.look_at(each);
  return look.take();
}

} // namespace troupe
