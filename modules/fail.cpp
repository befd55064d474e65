#include "modules/module.hpp"

namespace troupe {

namespace {

class fail final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "fail",
      .summary = "Fails with a message.",
      .arguments = {{.name = "msg",
                     .summary = "Why.",
                     .fallback = "Failed as requested from task"}},
      .pure = true,
      .always_fails = true,
      .example = R"({"fail": {"msg": "this host is too old"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context&) const override {
    return module_result::failure(errc::command_failed, args.text("msg"));
  }
};

const register_module fail_registration{std::make_shared<fail>()};

} // namespace

} // namespace troupe
