#include "modules/module.hpp"
#include "modules/support/python/pip_work.hpp"

namespace troupe {

namespace {

argument pip_text(std::string_view name, std::string_view summary,
                  arg_type type = arg_type::str) {
  return {.name = name, .type = type, .summary = summary};
}

class pip final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "pip",
      .summary = "Installs and removes packages of Python.",
      .arguments
      = {{.name = "name",
          .type = arg_type::list,
          .summary = "Packages, also as `name==1.2`, `name>=1,<2`, addresses "
                     "and files."},
         {.name = "state",
          .summary = "How they shall be.",
          .fallback = "present",
          .choices = {"absent", "forcereinstall", "latest", "present"}},
         pip_text("version", "The version of one package."),
         pip_text("requirements", "A file that names packages."),
         pip_text("virtualenv",
                  "The environment they go into, made if it is "
                  "missing.",
                  arg_type::path),
         {.name = "virtualenv_command",
          .type = arg_type::path,
          .summary = "What makes one: `python3 -m venv`, say.",
          .fallback = "virtualenv"},
         pip_text("virtualenv_python", "The Python of a new one."),
         {.name = "virtualenv_site_packages",
          .type = arg_type::boolean,
          .summary = "A new one sees the packages of the host.",
          .fallback = false},
         pip_text("extra_args", "More arguments for pip."),
         {.name = "editable",
          .type = arg_type::boolean,
          .summary = "Install in a way that the source can be changed.",
          .fallback = false},
         pip_text("chdir", "Where pip runs.", arg_type::path),
         pip_text("executable",
                  "The pip to use; silent: `pip3`, or the one of "
                  "the environment.",
                  arg_type::path),
         pip_text("umask", "The umask with which files are made, in octal.")},
      .mutually_exclusive
      = {{"name", "requirements"}, {"executable", "virtualenv"}},
      .required_one_of = {{"name", "requirements"}},
      .lock = "pip",
      .resource = {"Python package", {"name", "requirements"}},
      .example
      = R"({"pip": {"name": ["flask>=3,<4"], "virtualenv": "/srv/app/env", "virtualenv_command": "python3 -m venv"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return run_pip(args, ctx);
  }
};

const register_module pip_registration{std::make_shared<pip>()};

} // namespace

} // namespace troupe
