#pragma once

#include "config/language/language.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

namespace troupe {

/// Names as an expression sees them that decides something in check mode: of
/// the result of a program that was not run there is only what is known.
class settled_names final : public variables {
public:
  explicit settled_names(const variables& all) : all_{all} {
  }

  const value* find(const name_key& name) const override;

  std::vector<std::string> names() const override {
    return all_.names();
  }

  std::string why_missing(std::string_view name) const override {
    return all_.why_missing(name);
  }

  /// A result that was asked for and of which nothing is known; empty: none.
  const std::string& unknown() const {
    return unknown_;
  }

private:
  const variables& all_;
  mutable std::map<const value*, value> known_;
  mutable std::string unknown_;
};

/// What `ask` finds with these names, which in check mode may be no more than
/// what is known: what rests on the rest is undefined.
template <class Ask>
auto ask_settled(const variables& names, const evaluation_terms& terms,
                 const Ask& ask) -> decltype(ask(names)) {
  // Only who predicts has a machine of its own.
  if (!terms.machine)
    return ask(names);
  settled_names known{names};
  auto out = ask(known);
  if (out && !known.unknown().empty())
    return error{errc::undefined,
                 fmt::format("'{}' is the result of a program that was not run",
                             known.unknown())};
  return out;
}

} // namespace troupe
