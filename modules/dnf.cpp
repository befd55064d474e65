#include "modules/module.hpp"
#include "modules/support/packages/rpm_packages.hpp"

namespace troupe {

namespace {

class dnf final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "dnf",
      .summary = "Installs and removes packages of Fedora and its family.",
      .arguments = rpm_arguments(),
      .mutually_exclusive = {{"name", "list"}},
      .required_one_of = {{"name", "list", "autoremove", "update_cache"}},
      .lock = "dpkg",
      .resource = {"package", {"name"}},
      .example = R"({"dnf": {"name": ["nginx"], "state": "present"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return run_rpm_module("dnf", args, ctx);
  }
};

const register_module dnf_registration{std::make_shared<dnf>()};

} // namespace

} // namespace troupe
