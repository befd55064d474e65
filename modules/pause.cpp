#include "modules/module.hpp"
#include "modules/support/arguments/times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace troupe {

namespace {

/// Two digits behind the point at most, and one at least, as Python has it.
std::string rounded(double number) {
  auto text = fmt::format("{:.2f}", std::round(number * 100) / 100);
  return text.ends_with("0") ? text.substr(0, text.size() - 1) : text;
}

class pause final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "pause",
      .summary = "Waits for a time.",
      .arguments
      = {{.name = "seconds",
          .type = arg_type::real,
          .summary = "How long, in whole seconds; less than 1 is 1."},
         {.name = "minutes",
          .type = arg_type::real,
          .summary = "How long, in whole minutes."},
         {.name = "prompt", .summary = "What a person is told."},
         {.name = "echo",
          .type = arg_type::boolean,
          .summary = "Only returned: nothing is typed.",
          .fallback = true}},
      .mutually_exclusive = {{"minutes", "seconds"}},
      .once = true,
      .at_home = true,
      .example = R"({"pause": {"seconds": 10}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto& clock = ctx.machine.clock();
    auto begin = clock.steady_now();
    auto by_minutes = args.has("minutes");
    auto timed = by_minutes || args.has("seconds");
    module_result out;
    out.data.set("start", precise_time(clock, clock.now()));
    if (!timed)
      out.warnings.push_back(
        fmt::format("nobody can be asked while a plan runs, so it goes on{}{}",
                    args.has("prompt") ? ": " : "", args.text("prompt")));
    auto whole = std::trunc(args.real(by_minutes ? "minutes" : "seconds"));
    auto seconds = by_minutes ? whole * 60 : whole;
    if (timed && !ctx.check_mode && !ctx.wait(length(seconds))) {
      auto failed = module_result::failure(ctx.must_end());
      failed.data = std::move(out.data);
      return failed;
    }
    auto passed = std::chrono::duration<double>(clock.steady_now() - begin);
    out.data.set("stop", precise_time(clock, clock.now()));
    out.data.set("delta", static_cast<int64_t>(passed.count()));
    out.data.set("echo", args.flag("echo"));
    out.data.set("rc", 0);
    out.data.set("stderr", "");
    out.data.set("user_input", "");
    out.data.set(
      "stdout",
      by_minutes || !timed
        ? fmt::format("Paused for {} minutes", rounded(passed.count() / 60))
        : fmt::format("Paused for {} seconds", rounded(passed.count())));
    return out;
  }

private:
  static std::chrono::nanoseconds length(double seconds) {
    // No clock counts further.
    constexpr double longest = 9e9;
    return std::chrono::nanoseconds{static_cast<int64_t>(
      std::clamp(std::isnan(seconds) ? 0 : seconds, 1.0, longest) * 1e9)};
  }
};

const register_module pause_registration{std::make_shared<pause>()};

} // namespace

} // namespace troupe
