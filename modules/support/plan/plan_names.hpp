#pragma once

#include "config/language/language.hpp"

#include <string>
#include <vector>

namespace troupe {

/// The names that a part of a plan sees, as far as they are known before it
/// runs.
class plan_names final : public variables {
public:
  /// `weakest`: those that the run sets. `strongest`: those of the command
  /// line, which must stay where they are.
  plan_names(dict weakest, const dict& strongest);

  /// Stronger than those that were added before; must stay where they are.
  void add(const dict& more) {
    layers_.push_back(&more);
  }

  size_t depth() const {
    return layers_.size();
  }

  /// Forgets what was added after that.
  void cut(size_t depth) {
    layers_.resize(depth);
  }

  /// Stronger than all others: the item of a loop.
  void set(const std::string& name, value x) {
    own_.set(name, std::move(x));
  }

  void forget(const std::string& name) {
    own_.erase(name);
  }

  const value* find(const name_key& name) const override;
  std::vector<std::string> names() const override;

private:
  dict weakest_;
  const dict& strongest_;
  std::vector<const dict*> layers_;
  dict own_;
};

} // namespace troupe
