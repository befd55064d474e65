#include "modules/module.hpp"
#include "modules/support/packages/rpm_packages.hpp"

namespace troupe {

namespace {

class yum final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance = [] {
      module_spec out{
        .name = "yum",
        .summary = "Installs and removes packages of older Red Hat systems.",
        .arguments = rpm_arguments(),
        .mutually_exclusive = {{"name", "list"}},
        .required_one_of = {{"name", "list", "autoremove", "update_cache"}},
        .lock = "dpkg",
        .resource = {"package", {"name"}},
        .example = R"({"yum": {"name": ["nginx"], "state": "present"}})",
      };
      out.arguments.push_back({.name = "use_backend",
                               .summary = "Program to use.",
                               .fallback = "auto",
                               .choices = {"auto", "yum", "yum4", "dnf"}});
      return out;
    }();
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto backend = args.text("use_backend");
    auto& processes = ctx.machine.processes();
    // Where both are, `yum` is only another name of dnf.
    auto use_dnf
      = backend == "dnf" || backend == "yum4"
        || (backend == "auto" && !processes.find_program("dnf").empty());
    return run_rpm_module(use_dnf ? "dnf" : "yum", args, ctx);
  }
};

const register_module yum_registration{std::make_shared<yum>()};

} // namespace

} // namespace troupe
