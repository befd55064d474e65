#include "modules/module_meter.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

// Looking at the clock costs as much as many steps.
constexpr uint64_t at_once = uint64_t{1} << 18U;

bool must_end(const module_context& ctx) {
  return ctx.stop.stop_requested()
         || (ctx.deadline && std::chrono::steady_clock::now() >= *ctx.deadline);
}

} // namespace

module_meter::module_meter(const module_context& ctx)
    : work_meter{UINT64_MAX, SIZE_MAX}, ctx_{ctx}, left_{most_module_steps} {
}

bool module_meter::refill(uint64_t n) {
  auto wanted = std::max(n, at_once);
  if (is_over() || n > left_ || must_end(ctx_)) {
    end();
    return false;
  }
  wanted = std::min(wanted, left_);
  left_ -= wanted;
  visits_ += wanted - n;
  return true;
}

// Bounds of size are the modules' own.
bool module_meter::lacks_bytes() {
  bytes_ = UINT64_MAX;
  return true;
}

bool module_meter::is_too_long() {
  return true;
}

module_result module_meter::judge(module_result from) const {
  if (!is_over())
    return from;
  if (must_end(ctx_))
    return module_result::failure(ctx_.must_end());
  return module_result::failure(
    errc::exhausted,
    fmt::format("the task takes more than {} steps to look through texts",
                most_module_steps));
}

} // namespace troupe
