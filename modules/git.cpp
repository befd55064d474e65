#include "modules/module.hpp"
#include "modules/support/git/git_tool.hpp"

namespace troupe {

namespace {

argument git_flag(std::string_view name, std::string_view summary,
                  bool fallback) {
  return {.name = name,
          .type = arg_type::boolean,
          .summary = summary,
          .fallback = fallback};
}

argument git_path(std::string_view name, std::string_view summary) {
  return {.name = name, .type = arg_type::path, .summary = summary};
}

std::vector<argument> git_arguments() {
  return {
    {.name = "repo",
     .summary = "The repository: an address or a path.",
     .required = true,
     .aliases = {"name"}},
    git_path("dest", "Where it goes."),
    {.name = "version",
     .summary = "Branch, tag or commit; `HEAD`: what the remote begins with.",
     .fallback = "HEAD"},
    {.name = "remote",
     .summary = "What the repository is called there.",
     .fallback = "origin"},
    {.name = "refspec", .summary = "What is fetched as well."},
    {.name = "reference", .summary = "A repository to take objects of."},
    {.name = "depth",
     .type = arg_type::integer,
     .summary = "How many commits of the past to fetch; silent: all."},
    git_flag("force", "Throw local changes away.", false),
    git_flag("clone", "Make a repository that is missing; no: only look.",
             true),
    git_flag("update", "Fetch what is new; no: only look.", true),
    git_flag("bare", "Without files that are checked out.", false),
    git_flag("recursive", "With its submodules.", true),
    git_flag("track_submodules", "Follow the branches of submodules.", false),
    git_flag("single_branch", "Only fetch the branch of `version`.", false),
    git_flag("verify_commit", "The commit or tag must have a good signature.",
             false),
    {.name = "gpg_whitelist",
     .type = arg_type::list,
     .summary = "Fingerprints of the keys that may have signed it.",
     .fallback = list{}},
    git_flag("accept_hostkey", "Take every key of a host.", false),
    git_flag("accept_newhostkey", "Take the key of a host that is not known.",
             false),
    git_path("key_file", "The key for ssh."),
    {.name = "ssh_opts", .summary = "Options of ssh."},
    git_path("executable", "The program; silent: where PATH has it."),
    {.name = "umask",
     .type = arg_type::raw,
     .summary = "The umask with which files are made, as octal text."},
    git_path("archive", "Pack the version into this file: tar, tar.gz, tgz "
                        "or zip."),
    {.name = "archive_prefix", .summary = "What stands before paths in it."},
    git_path("separate_git_dir", "Where git keeps its own files.")};
}

class git_module final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "git",
      .summary = "Checks a version of a git repository out.",
      .arguments = git_arguments(),
      .mutually_exclusive
      = {{"separate_git_dir", "bare"}, {"accept_hostkey", "accept_newhostkey"}},
      .resource = {"repository", {"dest", "repo"}},
      .example
      = R"({"git": {"repo": "https://git.example.com/app.git", "dest": "/srv/app", "version": "v1.2"}})",
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return run_git(args, ctx);
  }
};

const register_module git_registration{std::make_shared<git_module>()};

} // namespace

} // namespace troupe
