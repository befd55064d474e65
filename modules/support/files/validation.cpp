#include "modules/support/files/validation.hpp"

#include "config/value/excerpt.hpp"
#include "config/value/utf8.hpp"
#include "modules/support/commands/command_result.hpp"
#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// Whether the command names a file that is only predicted.
bool judges_by_prediction(std::string_view command, predicted_host& predicted) {
  constexpr std::string_view between = " \t\r\n'\"=:,;()<>|&";
  for (auto rest = command; !rest.empty();) {
    auto end = std::min(rest.find_first_of(between), rest.size());
    std::string word{rest.substr(0, end)};
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (word.find('/') != std::string::npos
        && word.find("%s") == std::string::npos && predicted.predicts(word))
      return true;
  }
  return false;
}

result<void> judge(const std::string& command, const std::string& path,
                   const module_context& ctx, module_result& out) {
  auto argv = split_command(command);
  if (!argv)
    return argv.why();
  process_spec spec;
  for (auto word : *argv) {
    for (size_t at = 0; (at = word.find("%s", at)) != std::string::npos;
         at += path.size())
      word.replace(at, 2, path);
    spec.argv.push_back(std::move(word));
  }
  spec.environment = ctx.environment;
  spec.deadline = ctx.deadline;
  spec.stop = ctx.stop;
  auto ended = ctx.machine.processes().run(spec);
  if (!ended)
    return ended.why();
  if (ended->cancelled)
    return error{
      errc::cancelled,
      fmt::format("failed to validate: '{}' was cancelled", command)};
  if (ended->rc == 0 && !ended->timed_out)
    return {};
  out.data.set("exit_status", ended->rc);
  out.data.set("stdout",
               value::from_host(readable(ended->out, spec.keep_head)));
  out.data.set("stderr",
               value::from_host(readable(ended->err, spec.keep_head)));
  return error{ended->timed_out ? errc::timeout : errc::command_failed,
               fmt::format("failed to validate: '{}' returned {}{}{}", command,
                           ended->rc, ended->err.bytes.empty() ? "" : ": ",
                           repair_utf8(excerpt(ended->err.bytes, 500)))};
}

} // namespace

result<void> check_validation(const std::string& command) {
  if (command.empty() || command.find("%s") != std::string::npos)
    return {};
  return error{errc::invalid_argument,
               "validate must contain %s, which stands for the file"};
}

result<void> validate_file(const std::string& command, const std::string& path,
                           const module_context& ctx, module_result& out) {
  if (command.empty())
    return {};
  auto verdict = judge(command, path, ctx, out);
  if (verdict)
    return verdict;
  auto code = verdict.why().code;
  if (!ctx.predicted || code == errc::invalid_argument || code == errc::timeout
      || code == errc::cancelled
      || (!ctx.unsure() && !judges_by_prediction(command, *ctx.predicted)))
    return verdict;
  ctx.predicted->assume(verdict.why().message);
  return {};
}

} // namespace troupe
