#include "modules/module.hpp"
#include "modules/support/subversion/svn_tool.hpp"

namespace troupe {

namespace {

argument svn_flag(std::string_view name, std::string_view summary,
                  bool fallback) {
  return {.name = name,
          .type = arg_type::boolean,
          .summary = summary,
          .fallback = fallback};
}

class subversion final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "subversion",
      .summary = "Checks a revision of a subversion repository out.",
      .arguments
      = {{.name = "repo",
          .summary = "The address of the repository.",
          .required = true,
          .aliases = {"name", "repository"}},
         {.name = "dest", .type = arg_type::path, .summary = "Where it goes."},
         {.name = "revision",
          .summary = "The revision.",
          .fallback = "HEAD",
          .aliases = {"rev", "version"}},
         svn_flag("force", "Throw local changes away; export over files.",
                  false),
         {.name = "username", .summary = "Who asks the repository."},
         {.name = "password",
          .summary = "The password of the account.",
          .secret = true},
         {.name = "executable",
          .type = arg_type::path,
          .summary = "The program; silent: where PATH has it."},
         svn_flag("export", "Only the files, no working copy.", false),
         svn_flag("checkout", "Make a working copy that is missing.", true),
         svn_flag("update", "Fetch what is new.", true),
         svn_flag("switch", "Switch to `repo` before.", true),
         svn_flag("in_place", "Make a working copy of a folder with files.",
                  false),
         svn_flag("validate_certs",
                  "The certificate of the server must be a good one.", false)},
      .resource = {"repository", {"dest", "repo"}},
      .example
      = R"({"subversion": {"repo": "https://svn.example.com/app/trunk", "dest": "/srv/app"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return run_subversion(args, ctx);
  }
};

const register_module subversion_registration{std::make_shared<subversion>()};

} // namespace

} // namespace troupe
