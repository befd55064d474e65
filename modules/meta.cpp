#include "modules/module.hpp"

namespace troupe {

namespace {

/// Only the specification: what a `meta` task does is done by the engine.
class meta final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "meta",
      .summary = "Tells the engine what to do next.",
      .arguments
      = {{.name = "free_form",
          .summary = "The action.",
          .required = true,
          .choices = {"clear_facts", "clear_host_errors", "end_batch",
                      "end_host", "end_play", "flush_handlers", "noop",
                      "refresh_inventory", "reset_connection"},
          .aliases = {"action"}}},
      .free_form = "free_form",
      .engine = engine_task::meta,
      .example = R"({"meta": "flush_handlers"})",
    };
    return instance;
  }

  module_result run(const arguments&, const module_context&) const override {
    return module_result::failure(errc::unsupported,
                                  "meta tasks are executed by the engine, and "
                                  "there is none here");
  }
};

const register_module meta_registration{std::make_shared<meta>()};

} // namespace

} // namespace troupe
