#pragma once

#include "config/language/language.hpp"
#include "config/value/weight.hpp"
#include "config/value/work_meter.hpp"

namespace troupe {

/// What one evaluation may still spend: steps, output, time, and what its work
/// with values costs. On the stack of the thread that evaluates.
class budget final : public work_meter {
public:
  /// @pre both outlive this
  budget(const language_options& options, const evaluation_terms& terms)
      : budget{options, terms, limits_of(options, terms)} {
  }

  /// Counts `n` steps; an error when a limit is passed.
  result<void> spend(uint64_t n = 1) {
    auto before = steps_;
    steps_ += n;
    // Looking at the clock costs as much as many steps.
    if (before / 256 == steps_ / 256 && steps_ <= limits_.loop_steps
        && !is_over())
      return {};
    return check_all();
  }

  /// Counts `n` bytes of output.
  result<void> wrote(size_t n) {
    output_ += n;
    if (output_ <= limits_.output_bytes)
      return {};
    return check_all();
  }

  /// Counts a value that was just made; an error when it, or the work to make
  /// it, was more than is left.
  result<void> made(const value& x) {
    if (!is_over() && !is_large(x))
      return {};
    return charge(x);
  }

  /// Gives back what a value takes that was made and is not needed any longer,
  /// unless something else holds it.
  void drop(const value& x) {
    if (is_large(x))
      give_back(weight(x));
  }

  /// Gives back bytes that were counted.
  void give_back(uint64_t bytes);

  /// For `settle`.
  uint64_t mark() const {
    return bytes_;
  }

  /// Takes back what was counted since `mark`: what was made on the way is gone
  /// again.
  void settle(uint64_t mark) {
    if (!is_over())
      bytes_ = mark;
  }

  /// An error when more was counted than there was.
  result<void> check() const {
    return is_over() ? why_ : result<void>{};
  }

  /// Why the evaluation failed that ends with `problem`: whatever goes wrong
  /// after there was nothing left to spend is no reason.
  const error& cause(const error& problem) const {
    auto is_other = is_over() && problem.code != why_.why().code;
    return is_other ? why_.why() : problem;
  }

  /// When the evaluation has to end.
  const evaluation_terms& terms() const {
    return terms_;
  }

  /// Whether it may go on: an error when the terms say no.
  result<void> check_terms() const;

  /// What passes until this ends is not the evaluation's time: it waits for
  /// something else, which has bounds of its own.
  class pause {
  public:
    explicit pause(budget& x) : budget_{x} {
    }

    ~pause() {
      budget_.waited(std::chrono::steady_clock::now() - since_);
    }

    pause(const pause&) = delete;
    pause& operator=(const pause&) = delete;

  private:
    budget& budget_;
    std::chrono::steady_clock::time_point since_
      = std::chrono::steady_clock::now();
  };

protected:
  bool refill(uint64_t n) override;
  bool lacks_bytes() override;
  bool is_too_long() override;

private:
  budget(const language_options& options, const evaluation_terms& terms,
         const language_limits& limits);

  /// Those of the language, or less where nothing may take long.
  static language_limits limits_of(const language_options& options,
                                   const evaluation_terms& terms);

  host* machine_;
  const evaluation_terms& terms_;
  const language_limits limits_;
  uint64_t steps_ = 0;
  size_t output_ = 0;
  // Visits that were granted.
  uint64_t granted_ = 0;
  // Set when the clock is looked at for the first time.
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  // Why it is over.
  result<void> why_;

  /// Whether it is worth its weight: most values are not.
  static bool is_large(const value& x) {
    if (!x.shares() || x.owners() > 1)
      return false;
    return x.is_text() ? x.as_string().size() > short_text
                       : x.is_list() || x.is_dict();
  }

  void waited(std::chrono::steady_clock::duration time) {
    if (deadline_)
      *deadline_ += time;
  }

  /// The error of a limit; where nothing may take long, that it does.
  error too_much(std::string why) const;
  bool refuse(error why);
  result<void> charge(const value& x);
  result<void> check_all();
  result<void> check_time();
};

} // namespace troupe
