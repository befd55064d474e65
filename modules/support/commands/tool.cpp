#include "modules/support/commands/tool.hpp"

#include "config/value/utf8.hpp"
#include "modules/support/commands/command_result.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t most_output = size_t{16} << 20;
constexpr size_t most_words = 500;

/// The path in a word of a command: the word itself, or the value of an option.
std::string_view path_in(std::string_view word) {
  if (word.starts_with('/'))
    return word;
  auto at = word.find("=/");
  return at == word.npos ? std::string_view{} : word.substr(at + 1);
}

} // namespace

result<std::string> find_tool(std::string_view program,
                              const module_context& ctx) {
  static const std::vector<std::string> folders{"/usr/local/sbin", "/usr/sbin",
                                                "/sbin"};
  auto path = ctx.machine.processes().find_program(program, folders);
  if (path.empty())
    return error{errc::unsupported,
                 fmt::format("this host has no program '{}'", program)};
  return path;
}

result<void> check_program_paths(const std::vector<std::string>& argv,
                                 const std::string& folder,
                                 const module_context& ctx) {
  if (!ctx.predicted)
    return {};
  auto found = folder;
  bool differs = !folder.empty() && ctx.predicted->differs(folder, true);
  for (auto each = argv.begin(); !differs && each != argv.end(); ++each) {
    found = path_in(*each);
    differs = !found.empty() && ctx.predicted->differs(found);
  }
  if (!differs)
    return {};
  ctx.predicted->miss();
  return error{errc::command_failed,
               fmt::format("'{}' is not run in check mode: '{}' is only "
                           "predicted",
                           argv[0], found)};
}

result<process_result> run_tool(std::vector<std::string> argv,
                                const module_context& ctx, tool_terms terms) {
  auto is_cut = [](const std::string& word) {
    return word.find('\0') != std::string::npos;
  };
  if (std::any_of(argv.begin(), argv.end(), is_cut))
    return error{
      errc::invalid_argument,
      fmt::format("cannot run '{}': an argument holds a NUL byte", argv[0])};
  if (auto fine = check_program_paths(argv, terms.folder, ctx); !fine)
    return fine.why();
  auto name = argv[0];
  // Only a shell can set it for one program.
  if (!terms.umask.empty())
    argv.insert(argv.begin(),
                {"/bin/sh", "-c",
                 fmt::format("umask {} && exec \"$@\"", terms.umask), "sh"});
  process_spec spec;
  spec.argv = std::move(argv);
  spec.input = std::move(terms.input);
  spec.working_directory = std::move(terms.folder);
  spec.environment = {{"LC_ALL", "C.UTF-8"}, {"LANGUAGE", "C"}};
  auto& all = spec.environment;
  all.insert(all.end(), ctx.environment.begin(), ctx.environment.end());
  all.insert(all.end(), terms.environment.begin(), terms.environment.end());
  spec.deadline = ctx.deadline;
  spec.stop = ctx.stop;
  spec.detach = terms.detach;
  spec.keep_head = most_output;
  spec.keep_tail = 0;
  spec.end_when_full = true;
  auto ended = ctx.machine.processes().run(spec);
  if (!ended)
    return ended;
  if (ended->timed_out)
    return error{errc::timeout, fmt::format("'{}' took too long", name)};
  if (ended->cancelled)
    return error{errc::cancelled, fmt::format("'{}' was cancelled", name)};
  if (ended->out.dropped || ended->err.dropped)
    return error{errc::exhausted, fmt::format("'{}' printed more than {} MiB",
                                              name, most_output >> 20)};
  return ended;
}

result<std::string> tool_output(std::vector<std::string> argv,
                                const module_context& ctx, tool_terms terms) {
  auto name = argv[0];
  auto ended = run_tool(std::move(argv), ctx, std::move(terms));
  if (!ended)
    return ended.why();
  if (ended->rc != 0)
    return error{
      errc::command_failed,
      fmt::format("'{}' returned {}: {}", name, ended->rc, tool_words(*ended))};
  return std::move(ended->out.bytes);
}

std::string tool_words(const process_result& ended) {
  auto& text = ended.err.bytes.find_first_not_of(" \t\r\n") == std::string::npos
                 ? ended.out.bytes
                 : ended.err.bytes;
  auto end = text.find_last_not_of(" \t\r\n");
  if (end == std::string::npos)
    return {};
  auto begin = end + 1 > most_words ? end + 1 - most_words : 0;
  return repair_utf8(text.substr(begin, end + 1 - begin));
}

void add_tool_output(module_result& out, const process_result& ended) {
  for (auto is_error : {false, true}) {
    auto text = readable(is_error ? ended.err : ended.out, most_output);
    auto name = is_error ? "stderr" : "stdout";
    out.data.set(fmt::format("{}_lines", name), lines_of(text));
    out.data.set(name, value::from_host(std::move(text)));
  }
  out.data.set("rc", ended.rc);
}

result<void> check_umask(std::string_view text) {
  constexpr size_t most_digits = 4;
  if (text.size() <= most_digits
      && text.find_first_not_of("01234567") == std::string_view::npos)
    return {};
  return error{errc::invalid_argument, "umask must be an octal integer"};
}

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view{"\0\n\r", 3})
         == std::string_view::npos;
}

} // namespace troupe
