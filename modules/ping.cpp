#include "modules/module.hpp"

namespace troupe {

namespace {

class ping final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "ping",
      .summary = "Answers, to show that tasks run here.",
      .arguments = {{.name = "data",
                     .summary = "What is answered; `crash` fails.",
                     .fallback = "pong"}},
      .only_reads = true,
      .example = R"({"ping": {}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context&) const override {
    auto text = args.text("data");
    if (text == "crash")
      return module_result::failure(errc::runtime, "boom");
    module_result out;
    out.data.set("ping", text);
    return out;
  }
};

const register_module ping_registration{std::make_shared<ping>()};

} // namespace

} // namespace troupe
