#pragma once

#include "config/language/run/budget.hpp"
#include "config/language/syntax/expression_syntax.hpp"

namespace troupe {

/// A value that is worked with: where it is kept, when nothing had to be worked
/// out, or here. One that is not needed any longer is given back.
class operand {
public:
  explicit operand(budget& left) : left_{left} {
  }

  operand(const operand&) = delete;
  operand& operator=(const operand&) = delete;

  ~operand() {
    left_.drop(own_);
  }

  const value& operator*() const {
    return *at_;
  }

  const value* operator->() const {
    return at_;
  }

  /// `at` is good until anything else is evaluated.
  void refer(const value& at) {
    at_ = &at;
  }

  void keep(value x) {
    left_.drop(own_);
    own_ = std::move(x);
    at_ = &own_;
  }

  /// Whether the value is here, as it had to be worked out.
  bool is_made() const {
    return at_ == &own_;
  }

  /// Keeps the value here: what is evaluated next may take it away elsewhere.
  value& hold() {
    if (at_ != &own_)
      keep(value{*at_});
    return own_;
  }

  value take() {
    return std::move(hold());
  }

private:
  budget& left_;
  value own_;
  const value* at_ = &own_;
};

/// Whether to evaluate `x` leaves everything as it is.
inline bool is_kept(const expression& x) {
  return x.kind == expression_kind::constant || x.kind == expression_kind::name;
}

} // namespace troupe
