#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace troupe {

/// What may still be done with values on this thread. While an evaluation runs,
/// whatever walks through values counts what it visits, and whatever makes
/// large ones counts their bytes; at other times nothing is counted. Once there
/// is nothing left every count is refused, for good: whoever walks ends at once
/// with any result, as the evaluation fails and nobody will see it.
class work_meter {
public:
  work_meter(const work_meter&) = delete;
  work_meter& operator=(const work_meter&) = delete;

  /// Counts `n` values that are visited; whether to go on.
  static bool visit(uint64_t n = 1) {
    auto* meter = current_;
    if (!meter)
      return true;
    if (n > meter->visits_)
      return meter->refill(n);
    meter->visits_ -= n;
    return true;
  }

  /// Counts text that is looked through, which is quicker.
  static bool read(size_t bytes) {
    return visit(bytes / 32);
  }

  /// Counts bytes that a value takes; whether it may be made.
  static bool make(uint64_t bytes) {
    auto* meter = current_;
    if (!meter)
      return true;
    if (bytes > meter->bytes_)
      return meter->lacks_bytes();
    meter->bytes_ -= bytes;
    return visit(bytes / 128);
  }

  /// The same of `count` values, each of which takes `each`.
  static bool make(uint64_t count, uint64_t each) {
    uint64_t all = 0;
    if (__builtin_mul_overflow(count, each, &all))
      all = UINT64_MAX;
    return make(all);
  }

  /// Whether a text may become that long.
  static bool may_grow(size_t bytes) {
    auto* meter = current_;
    return !meter || bytes <= meter->longest_text_ || meter->is_too_long();
  }

  /// Whether all counts on this thread were granted.
  static bool is_good() {
    return !current_ || !current_->is_over_;
  }

protected:
  /// Counts on this thread until it ends.
  work_meter(uint64_t bytes, size_t longest_text)
      : bytes_{bytes}, longest_text_{longest_text}, outer_{std::exchange(
                                                      current_, this)} {
  }

  ~work_meter() {
    current_ = outer_;
  }

  /// Grants `n` visits, and more for the next ones.
  virtual bool refill(uint64_t n) = 0;

  /// There are not enough bytes left. False.
  virtual bool lacks_bytes() = 0;

  /// A text is longer than allowed. False.
  virtual bool is_too_long() = 0;

  /// From now on nothing is granted.
  void end() {
    is_over_ = true;
    visits_ = bytes_ = longest_text_ = 0;
  }

  bool is_over() const {
    return is_over_;
  }

  // What was granted and is left.
  uint64_t visits_ = 0;
  uint64_t bytes_;

private:
  size_t longest_text_;
  bool is_over_ = false;
  work_meter* outer_;

  static inline constinit thread_local work_meter* current_ = nullptr;
};

} // namespace troupe
