#pragma once

#include "config/value/work_meter.hpp"
#include "modules/module.hpp"

namespace troupe {

/// What a module may spend on looking through texts while it runs: until its
/// deadline, until it is to stop, and `most_module_steps` at most. Regular
/// expressions of a plan may go on for ever.
class module_meter final : public work_meter {
public:
  /// @pre `ctx` outlives this
  explicit module_meter(const module_context& ctx);

  /// `from`, or the failure that it ended with when there was nothing left.
  module_result judge(module_result from) const;

private:
  const module_context& ctx_;
  uint64_t left_;

  bool refill(uint64_t n) override;
  bool lacks_bytes() override;
  bool is_too_long() override;
};

/// Some ten seconds of searching.
inline constexpr uint64_t most_module_steps = uint64_t{1} << 30U;

} // namespace troupe
