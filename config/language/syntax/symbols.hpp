#pragma once

#include "config/language/syntax/syntax.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// A global function by its name; missing_value() when there is none.
const value& find_global(std::string_view name);

/// The slots of one function. A name has one slot for each depth of scopes,
/// whatever branch it is used in.
struct function_slots {
  function_syntax& out;
  unsigned depth;
  std::map<std::pair<unsigned, std::string>, uint32_t> known;

  uint32_t slot(unsigned level, const std::string& name) {
    auto [i, added] = known.try_emplace({level, name}, out.slots);
    if (added)
      ++out.slots;
    return i->second;
  }
};

struct symbol {
  enum class origin : uint8_t { parameter, resolve, alias, clear };
  uint32_t slot = 0;
  origin from = origin::clear;
};

/// The names of one scope.
class symbols {
public:
  symbols(function_slots& slots, const symbols* outer)
      : slots_{&slots}, outer_{outer}, level_{outer ? outer->level_ + 1 : 0} {
  }

  function_slots& function() {
    return *slots_;
  }

  void load(const std::string& name) {
    if (!find(name))
      define(name, symbol::origin::resolve);
  }

  void store(const std::string& name) {
    stores_.insert(name);
    if (names_.contains(name))
      return;
    define(name, outer_ && outer_->find(name) ? symbol::origin::alias
                                              : symbol::origin::clear);
  }

  uint32_t parameter(const std::string& name) {
    stores_.insert(name);
    return define(name, symbol::origin::parameter);
  }

  /// After the branches of an `if`: what not every branch assigns may still
  /// come from outside.
  void join(const std::vector<symbols>& branches) {
    std::map<std::string, size_t> counts;
    for (auto& branch : branches)
      for (auto& name : branch.stores_)
        if (!stores_.contains(name))
          ++counts[name];
    for (auto& branch : branches) {
      for (auto& [name, x] : branch.names_)
        names_[name] = x;
      stores_.insert(branch.stores_.begin(), branch.stores_.end());
    }
    for (auto& [name, count] : counts)
      if (count != branches.size())
        names_[name].from = outer_ && outer_->find(name)
                              ? symbol::origin::alias
                              : symbol::origin::resolve;
  }

  std::optional<slot_ref> ref(const std::string& name) const {
    return ref_from(name, slots_->depth);
  }

  /// Names assigned here and outside, for other templates to see.
  std::vector<visible_name> visible() const {
    std::set<std::string> all;
    for (auto* x = this; x; x = x->outer_)
      all.insert(x->stores_.begin(), x->stores_.end());
    std::vector<visible_name> out;
    for (auto& name : all)
      if (auto place = ref(name))
        out.push_back({name, *place});
    return out;
  }

  /// How the scope's slots get their first values.
  void write(scope_syntax& out) const {
    for (auto& [name, x] : names_) {
      if (x.from == symbol::origin::parameter)
        continue;
      slot_load load{
        slot_load::how::clear, x.slot, {}, name, name_key::hash_of(name)};
      if (x.from == symbol::origin::resolve) {
        load.kind = slot_load::how::resolve;
        load.otherwise = &find_global(name);
      }
      if (x.from == symbol::origin::alias)
        if (auto place = outer_->ref_from(name, slots_->depth)) {
          load.kind = slot_load::how::alias;
          load.from = *place;
        }
      out.loads.push_back(std::move(load));
    }
  }

private:
  function_slots* slots_;
  const symbols* outer_;
  unsigned level_;
  std::map<std::string, symbol> names_;
  std::set<std::string> stores_;

  const symbol* find(const std::string& name) const {
    for (auto* x = this; x; x = x->outer_)
      if (auto i = x->names_.find(name); i != x->names_.end())
        return &i->second;
    return nullptr;
  }

  uint32_t define(const std::string& name, symbol::origin from) {
    auto slot = slots_->slot(level_, name);
    names_[name] = {slot, from};
    return slot;
  }

  std::optional<slot_ref> ref_from(const std::string& name,
                                   unsigned depth) const {
    for (auto* x = this; x; x = x->outer_)
      if (auto i = x->names_.find(name); i != x->names_.end())
        return slot_ref{i->second.slot, depth - x->slots_->depth};
    return std::nullopt;
  }
};

/// Notes the names that `x` reads or assigns in `scope` itself, without the
/// scopes inside it.
void collect(symbols& scope, expression* x);
void collect(symbols& scope, const target_syntax& x);
void collect(symbols& scope, const statement_body& body);

/// Notes the names of `x` as parameters: assigned before the body runs.
void parameters(symbols& scope, const target_syntax& x);

} // namespace troupe
