#include "modules/module.hpp"
#include "modules/support/facts/ansible_facts.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

class package final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "package",
      .summary = "Installs and removes packages by whatever manager the host "
                 "has.",
      .arguments
      = {{.name = "name",
          .type = arg_type::raw,
          .summary = "One package or a list of them, under the names that the "
                     "host's manager uses; not needed by managers that do "
                     "something else meanwhile, as `update_cache`.",
          .aliases = {"pkg"}},
         {.name = "state",
          .summary = "`present`, `absent`, `latest`, and what else the "
                     "manager's module knows.",
          .fallback = "present"},
         {.name = "use",
          .summary = "Module to use: `apt`, `dnf`, ...; `auto` looks what the "
                     "host has.",
          .fallback = "auto"}},
      .any_arguments = true,
      .lock = "dpkg",
      .resource = {"package", {"name"}},
      .example = R"({"package": {"name": "curl", "state": "present"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    auto name = args.text("use");
    if (name == "auto") {
      fact_collection found{ctx, {}, {}};
      collect_package_manager(found);
      name = std::string{found.facts.find("pkg_mgr")->text_or("unknown")};
    }
    // dnf5 takes the command lines of dnf.
    auto module = builtin_modules().find(name == "dnf5" ? "dnf" : name);
    if (!module || module->spec().name == spec().name)
      return module_result::failure(
        errc::unsupported,
        name == "unknown"
          ? std::string{"the host has no package manager that is known here"}
          : fmt::format("there is no module for the package manager '{}'",
                        name));
    auto passed = args.all();
    passed.erase("use");
    if (!args.given("state"))
      passed.set("state", "present");
    auto checked = check_arguments(module->spec(), passed);
    if (!checked)
      return module_result::failure(checked.why());
    return module->run(*checked, ctx);
  }
};

const register_module package_registration{std::make_shared<package>()};

} // namespace

} // namespace troupe
