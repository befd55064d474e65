#include "config/language/run/budget.hpp"

#include "config/language/python/convert.hpp"
#include "platform/host.hpp"

#include <algorithm>

namespace troupe {

namespace {

// How many visits are granted at once; the clock is looked at in between.
constexpr uint64_t slice = 16384;

// What an evaluation may spend that is not to take long: about a millisecond.
constexpr uint64_t steps_here = 20'000;
constexpr uint64_t visits_here = 50'000;
constexpr size_t output_here = size_t{256} << 10;
constexpr uint64_t made_here = uint64_t{4} << 20;

} // namespace

language_limits budget::limits_of(const language_options& options,
                                  const evaluation_terms& terms) {
  auto out = options.limits;
  if (!terms.here)
    return out;
  out.loop_steps = std::min(out.loop_steps, steps_here);
  out.visits = std::min(out.visits, visits_here);
  out.output_bytes = std::min(out.output_bytes, output_here);
  out.made_bytes = std::min(out.made_bytes, made_here);
  return out;
}

budget::budget(const language_options& options, const evaluation_terms& terms,
               const language_limits& limits)
    : work_meter{limits.made_bytes, limits.output_bytes},
      machine_{options.machine.get()}, terms_{terms}, limits_{limits} {
}

error budget::too_much(std::string why) const {
  if (terms_.here)
    return {errc::would_wait, "the template takes a while"};
  return {errc::exhausted, std::move(why)};
}

bool budget::refuse(error why) {
  if (!is_over())
    why_ = std::move(why);
  end();
  return false;
}

bool budget::refill(uint64_t n) {
  if (is_over())
    return false;
  auto missing = n - visits_;
  auto left = limits_.visits - granted_;
  if (missing > left)
    return refuse(too_much(fmt::format(
      "the template looks at more than {} values", limits_.visits)));
  auto more = std::min(std::max(missing, slice), left);
  granted_ += more;
  visits_ = visits_ + more - n;
  if (auto ok = check_time(); !ok)
    return refuse(ok.why());
  return true;
}

bool budget::lacks_bytes() {
  return refuse(too_much(fmt::format(
    "the values of the template take more than {} bytes", limits_.made_bytes)));
}

bool budget::is_too_long() {
  return refuse(too_much(fmt::format(
    "a text of the template is longer than {} bytes", limits_.output_bytes)));
}

result<void> budget::charge(const value& x) {
  if (!is_over())
    make(weight(x));
  return check();
}

void budget::give_back(uint64_t bytes) {
  if (!is_over())
    bytes_ = std::min(bytes_ + bytes, limits_.made_bytes);
}

result<void> budget::check_terms() const {
  if (terms_.stop.stop_requested())
    return failure(errc::cancelled, "the evaluation was cancelled");
  if (!terms_.deadline)
    return {};
  auto now = machine_ ? machine_->clock().steady_now()
                      : std::chrono::steady_clock::now();
  if (now >= *terms_.deadline)
    return failure(errc::timeout, "the evaluation has reached its deadline");
  return {};
}

result<void> budget::check_time() {
  auto now = std::chrono::steady_clock::now();
  if (!deadline_)
    deadline_ = now + limits_.time;
  if (now > *deadline_)
    return too_much(
      fmt::format("the template took longer than {} ms", limits_.time.count()));
  return check_terms();
}

result<void> budget::check_all() {
  if (is_over())
    return why_;
  if (steps_ > limits_.loop_steps)
    return too_much(
      fmt::format("the template took more than {} steps", limits_.loop_steps));
  if (output_ > limits_.output_bytes)
    return too_much(
      fmt::format("the output of the template is larger than {} bytes",
                  limits_.output_bytes));
  return check_time();
}

} // namespace troupe
