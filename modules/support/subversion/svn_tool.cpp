#include "modules/support/subversion/svn_tool.hpp"

#include "modules/support/commands/key_values.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

namespace troupe {

result<svn_tool> svn_tool::find(const arguments& args,
                                const module_context& ctx) {
  auto program = path_argument(args, "executable", ctx);
  if (program.empty()) {
    auto found = find_tool("svn", ctx);
    if (!found)
      return found.why();
    program = *found;
  }
  // Nobody is there to answer, and passwords are not kept.
  svn_tool out{{program, "--non-interactive", "--no-auth-cache"}, ctx};
  if (!args.flag("validate_certs"))
    out.begin_.emplace_back("--trust-server-cert");
  if (args.has("username"))
    out.begin_.insert(out.begin_.end(), {"--username", args.text("username")});
  if (args.has("password")) {
    // Everybody sees the words of a command line.
    out.begin_.emplace_back("--password-from-stdin");
    out.terms_.input = args.text("password");
  }
  return out;
}

result<process_result> svn_tool::run(const words& argv) const {
  auto all = begin_;
  all.insert(all.end(), argv.begin(), argv.end());
  return run_tool(std::move(all), ctx_, terms_);
}

result<svn_tool::words> svn_tool::lines(const words& argv) const {
  auto ended = run(argv);
  if (!ended)
    return ended.why();
  if (ended->rc != 0)
    return error{errc::command_failed,
                 fmt::format("'svn {}' returned {}: {}", argv[0], ended->rc,
                             tool_words(*ended))};
  return split_text(ended->out.bytes, '\n');
}

result<std::string> svn_tool::info(words argv, std::string_view begin) const {
  argv.insert(argv.begin(), "info");
  auto said = lines(argv);
  if (!said)
    return said.why();
  for (auto& line : *said)
    if (line.starts_with(begin))
      return line;
  return error{
    errc::command_failed,
    fmt::format("'svn info' says no '{}' of '{}'", begin, argv.back())};
}

} // namespace troupe
