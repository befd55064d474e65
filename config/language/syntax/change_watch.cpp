#include "config/language/syntax/change_watch.hpp"

#include "config/language/library/tables.hpp"

#include <algorithm>

namespace troupe {

void change_watch::uses(const chain_node& x) {
  auto of_name = x.head && x.head->kind == expression_kind::name;
  for (auto& each : x.steps) {
    if (each->kind == step_kind::filter)
      anything_ |= static_cast<filter_step&>(*each).row->name == "attr";
    auto changes
      = each->kind == step_kind::attribute
        && is_changing_method(static_cast<attribute_step&>(*each).name);
    if (changes && of_name)
      changed_.insert(static_cast<const name_node&>(*x.head).id);
    else if (changes)
      anything_ = true;
    of_name = false;
  }
}

bool change_watch::is_borrowed(const std::string& name) const {
  auto resolves = [&](const slot_load& load) {
    return load.kind == slot_load::how::resolve && load.name == name;
  };
  return borrowed_.contains(name)
         || std::any_of(scopes_.begin(), scopes_.end(), [&](auto* scope) {
              return std::any_of(scope->loads.begin(), scope->loads.end(),
                                 resolves);
            });
}

void change_watch::judge(template_syntax& tree) const {
  // What another template does with the values is not known here.
  tree.changes_values = anything_ || tree.uses_others;
  for (auto& name : changed_)
    if (is_borrowed(name)
        || std::none_of(made_.begin(), made_.end(),
                        [&](auto& each) { return each.name == name; }))
      tree.changes_values = true;
  for (auto& [name, x] : made_)
    if (x->kind == expression_kind::sequence && changed_.contains(name))
      static_cast<sequence_node&>(*x).constant = {};
}

} // namespace troupe
