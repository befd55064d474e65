#include "modules/module.hpp"

namespace troupe {

namespace {

argument connection_time(std::string_view name, std::string_view summary,
                         int fallback) {
  return {.name = name,
          .type = arg_type::duration,
          .summary = summary,
          .fallback = fallback};
}

class wait_for_connection final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "wait_for_connection",
      .summary = "Waits until a host can be reached; this one can at once.",
      .arguments
      = {{.name = "delay",
          .type = arg_type::duration,
          .summary = "Wait before that.",
          .fallback = 0},
         connection_time("connect_timeout", "Of each attempt.", 5),
         connection_time("sleep", "Between two attempts.", 1),
         connection_time("timeout", "Of all: then the task fails.", 600)},
      .only_reads = true,
      .elsewhere = elsewhere_task::reach,
      .example = R"({"wait_for_connection": {"delay": 10}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    module_result out;
    if (ctx.check_mode) {
      out.skipped = true;
      return out;
    }
    auto& clock = ctx.machine.clock();
    auto begin = clock.steady_now();
    if (!ctx.wait(*args.duration("delay")))
      return module_result::failure(ctx.must_end());
    out.data.set("elapsed", std::chrono::duration_cast<std::chrono::seconds>(
                              clock.steady_now() - begin)
                              .count());
    return out;
  }
};

const register_module wait_for_connection_registration{
  std::make_shared<wait_for_connection>()};

} // namespace

} // namespace troupe
