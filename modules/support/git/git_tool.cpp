#include "modules/support/git/git_tool.hpp"

#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// The command line of ssh that git shall use; empty: its own.
std::string ssh_line(const arguments& args, const module_context& ctx) {
  auto options = args.text("ssh_opts");
  auto wanted = args.flag("accept_hostkey")      ? "no"
                : args.flag("accept_newhostkey") ? "accept-new"
                                                 : nullptr;
  auto decided
    = options.find("-o StrictHostKeyChecking=no") != std::string::npos
      || options.find("-o StrictHostKeyChecking=accept-new")
           != std::string::npos;
  if (wanted && !decided)
    options += fmt::format("{}-o StrictHostKeyChecking={}",
                           options.empty() ? "" : " ", wanted);
  auto key = path_argument(args, "key_file", ctx);
  if (!key.empty())
    options += fmt::format("{}-i {} -o IdentitiesOnly=yes",
                           options.empty() ? "" : " ", shell_quoted(key));
  if (options.empty())
    return {};
  auto own = environment_entry("GIT_SSH_COMMAND", ctx).value_or("ssh");
  return own + " " + options;
}

} // namespace

result<git_tool> git_tool::find(const arguments& args,
                                const module_context& ctx) {
  auto program = path_argument(args, "executable", ctx);
  if (program.empty()) {
    auto found = find_tool("git", ctx);
    if (!found)
      return found.why();
    program = *found;
  }
  git_tool out{std::move(program), ctx};
  // Nobody is there to answer.
  out.terms_.environment = {{"GIT_TERMINAL_PROMPT", "0"}};
  if (auto line = ssh_line(args, ctx); !line.empty())
    out.terms_.environment.emplace_back("GIT_SSH_COMMAND", line);
  out.terms_.umask = args.text("umask");
  if (auto fine = check_umask(out.terms_.umask); !fine)
    return fine.why();
  return out;
}

result<process_result> git_tool::run(words argv,
                                     const std::string& folder) const {
  argv.insert(argv.begin(), program_);
  auto terms = terms_;
  terms.folder = folder;
  return run_tool(std::move(argv), ctx_, std::move(terms));
}

result<std::string> git_tool::need(words argv,
                                   const std::string& folder) const {
  auto verb = argv[0];
  auto ended = run(std::move(argv), folder);
  if (!ended)
    return ended.why();
  if (ended->rc != 0)
    return error{errc::command_failed,
                 fmt::format("'git {}' returned {}: {}", verb, ended->rc,
                             tool_words(*ended))};
  return std::move(ended->out.bytes);
}

result<bool> git_tool::succeeds(words argv, const std::string& folder) const {
  auto ended = run(std::move(argv), folder);
  return ended ? result<bool>{ended->rc == 0} : ended.why();
}

result<std::string> git_tool::commit(const std::string& folder,
                                     const std::string& name) const {
  auto ended = run({"rev-parse", name}, folder);
  if (!ended)
    return ended.why();
  return trimmed_text(ended->out.bytes);
}

result<bool> git_tool::remote_has(const std::string& folder,
                                  const std::string& remote, const char* kind,
                                  const std::string& ref) const {
  auto text = need({"ls-remote", kind, "--", remote, ref}, folder);
  if (!text)
    return text.why();
  return text->find(ref) != std::string::npos;
}

result<bool> git_tool::has_branch(const std::string& folder,
                                  const std::string& remote,
                                  const std::string& name) const {
  return remote_has(folder, remote, "--heads", "refs/heads/" + name);
}

result<bool> git_tool::has_tag(const std::string& folder,
                               const std::string& remote,
                               const std::string& name) const {
  return remote_has(folder, remote, "--tags", "refs/tags/" + name);
}

result<std::string> git_tool::head_branch(const std::string& folder,
                                          const std::string& remote) const {
  for (auto& [ref, prefix] :
       {std::pair<std::string, std::string>{"HEAD", "refs/heads/"},
        {fmt::format("refs/remotes/{}/HEAD", remote),
         fmt::format("refs/remotes/{}/", remote)}}) {
    auto ended = run({"symbolic-ref", "--quiet", ref}, folder);
    if (!ended)
      return ended.why();
    auto name = trimmed_text(ended->out.bytes);
    if (ended->rc == 0 && name.starts_with(prefix))
      return name.substr(prefix.size());
  }
  return error{errc::not_found,
               fmt::format("no branch is checked out in '{}', and it is not "
                           "known which one '{}' begins with",
                           folder, remote)};
}

} // namespace troupe
