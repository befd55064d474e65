#include "modules/support/commands/command_result.hpp"

#include "config/value/duration.hpp"
#include "config/value/excerpt.hpp"
#include "modules/support/arguments/times.hpp"
#include "modules/support/files/paths.hpp"
#include "modules/support/prediction/predict.hpp"

#include <fmt/format.h>
#include <string.h>

#include <algorithm>
#include <csignal>

namespace troupe {

namespace {

/// The name of a signal. No function for it is on every system.
std::string signal_name(int number) {
  static constexpr std::pair<int, const char*> names[]
    = {{SIGHUP, "SIGHUP"},   {SIGINT, "SIGINT"},   {SIGQUIT, "SIGQUIT"},
       {SIGILL, "SIGILL"},   {SIGTRAP, "SIGTRAP"}, {SIGABRT, "SIGABRT"},
       {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},   {SIGKILL, "SIGKILL"},
       {SIGUSR1, "SIGUSR1"}, {SIGSEGV, "SIGSEGV"}, {SIGUSR2, "SIGUSR2"},
       {SIGPIPE, "SIGPIPE"}, {SIGALRM, "SIGALRM"}, {SIGTERM, "SIGTERM"},
       {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}, {SIGSYS, "SIGSYS"}};
  for (auto& [known, name] : names)
    if (known == number)
      return name;
  return fmt::format("signal {}", number);
}

std::string relative_to(const std::string& path, const std::string& folder) {
  return path.starts_with("/") || folder.empty() ? path : joined(folder, path);
}

void add_output(module_result& out, std::string_view name,
                const captured_output& output, const command_request& request) {
  auto text = readable(output, request.process.keep_head);
  if (request.strip_empty_ends)
    text.erase(text.find_last_not_of("\r\n") + 1);
  auto lines = lines_of(text);
  out.data.set(name, value::from_host(std::move(text)));
  out.data.set(fmt::format("{}_lines", name), std::move(lines));
  if (output.dropped == 0)
    return;
  out.data.set(fmt::format("{}_truncated", name), true);
  out.data.set(fmt::format("{}_dropped_bytes", name), output.dropped);
  out.warnings.push_back(fmt::format("{} was too long to keep: {} bytes were "
                                     "dropped from its middle",
                                     name, output.dropped));
}

void judge(module_result& out, const process_result& ended,
           const command_request& request) {
  if (ended.timed_out) {
    out.failed = true;
    out.timed_out = true;
    out.why = errc::timeout;
    out.msg
      = request.timeout
          ? fmt::format("timed out after {}", format_duration(*request.timeout))
          : fmt::format("timed out after {}", format_duration(ended.duration));
  } else if (ended.cancelled) {
    out.failed = true;
    out.cancelled = true;
    out.why = errc::cancelled;
    out.msg = "cancelled while it was running";
  } else if (ended.rc != 0) {
    out.failed = true;
    out.why = errc::command_failed;
    out.msg = ended.rc > 0
                ? "non-zero return code"
                : fmt::format("killed by {}", signal_name(-ended.rc));
  }
  if (ended.unseen)
    out.warnings.push_back("what the command had started may live on: this "
                           "system shows no processes (/proc is missing)");
  // Of one that was ended, all had to be.
  if (ended.leftovers > 0 && !ended.timed_out && !ended.cancelled)
    out.warnings.push_back(fmt::format(
      "{} process{} left behind by the command {} ended", ended.leftovers,
      ended.leftovers == 1 ? "" : "es", ended.leftovers == 1 ? "was" : "were"));
}

/// A program that never ran has no status of its own; the number is the one
/// that a shell or Python would give for it.
int rc_of(errc code) {
  switch (code) {
  case errc::not_found:
    return 2;
  case errc::permission_denied:
    return 13;
  default:
    return 1;
  }
}

/// Notes what is known of a command that is not run.
void predict_traces(const arguments& args, const command_request& request,
                    const module_context& ctx) {
  if (!ctx.predicted)
    return;
  auto path = [&](const char* name) {
    return relative_to(path_argument(args, name, ctx),
                       request.process.working_directory);
  };
  auto& files = ctx.machine.files();
  if (args.has("removes"))
    for (auto& each : files.glob(path("removes")))
      static_cast<void>(files.remove_all(each));
  // What a pattern shall match nobody knows.
  if (args.has("creates"))
    if (auto made = path("creates");
        made.find_first_of("*?[") == std::string::npos)
      ctx.predicted->claim(made);
}

} // namespace

std::vector<argument> with_command_arguments(std::vector<argument> own) {
  const std::vector<argument> shared{
    {.name = "chdir",
     .type = arg_type::path,
     .summary = "Folder in which it runs."},
    {.name = "creates",
     .type = arg_type::path,
     .summary = "Path or pattern; when it exists, nothing is run."},
    {.name = "removes",
     .type = arg_type::path,
     .summary = "Path or pattern; when it is missing, nothing is run."},
    {.name = "timeout",
     .type = arg_type::duration,
     .summary = "Time after which it and all it started are ended."},
    {.name = "detach",
     .type = arg_type::boolean,
     .summary = "Let processes live on that it leaves behind.",
     .fallback = false},
  };
  own.insert(own.end(), shared.begin(), shared.end());
  return own;
}

void prepare_command(command_request& request, const arguments& args,
                     const module_context& ctx) {
  auto& process = request.process;
  process.working_directory = path_argument(args, "chdir", ctx);
  process.environment = ctx.environment;
  process.detach = args.flag("detach");
  process.deadline = ctx.deadline;
  process.stop = ctx.stop;
  if (ctx.output_limit > 0) {
    process.keep_head = ctx.output_limit / 4;
    process.keep_tail = ctx.output_limit - process.keep_head;
  }
  if (args.has("stdin")) {
    process.input = args.text("stdin");
    if (!process.input->empty() && args.flag("stdin_add_newline"))
      *process.input += '\n';
  }
  if (args.has("strip_empty_ends"))
    request.strip_empty_ends = args.flag("strip_empty_ends");
  request.timeout = args.duration("timeout");
  if (request.timeout) {
    auto until = ctx.machine.clock().steady_now() + *request.timeout;
    if (!process.deadline || until < *process.deadline)
      process.deadline = until;
    else
      request.timeout.reset();
  }
}

bool should_run(const arguments& args, const command_request& request,
                const module_context& ctx, module_result& out) {
  auto& files = ctx.machine.files();
  auto exists = [&](const std::string& name) {
    auto path = relative_to(path_argument(args, name, ctx),
                            request.process.working_directory);
    // A name that is there is no pattern, whatever it looks like.
    auto itself = files.status(path, false);
    return (itself && *itself) || !files.glob(path).empty();
  };
  auto answer = [&](std::string msg, std::string text) {
    out.msg = std::move(msg);
    out.data.set("cmd", request.shown);
    out.data.set("rc", 0);
    out.data.set("stdout", text);
    out.data.set("stdout_lines", lines_of(text));
    out.data.set("stderr", "");
    out.data.set("stderr_lines", list{});
  };
  for (std::string name : {"creates", "removes"}) {
    if (auto fine = check_whole(args, name); !fine) {
      out = module_result::failure(fine.why());
      return false;
    }
    if (!args.has(name) || exists(name) != (name == "creates"))
      continue;
    auto path = args.text(name);
    auto what = name == "creates" ? "exists" : "does not exist";
    answer(fmt::format("{} not run command since '{}' {}",
                       ctx.check_mode ? "Would" : "Did", path, what),
           fmt::format("skipped, since {} {}", path, what));
    return false;
  }
  if (auto there = check_enterable(request.process.working_directory, ctx);
      !there) {
    out = module_result::failure(there.why());
    return false;
  }
  if (!ctx.check_mode)
    return true;
  answer("Command would have run if not in check mode", "");
  // Only a command that says what it creates or removes is known to change.
  out.changed = args.has("creates") || args.has("removes");
  predict_traces(args, request, ctx);
  out.skipped = !out.changed;
  hold_back(out, ctx,
            out.changed
              ? list{"rc", "stdout", "stdout_lines", "stderr", "stderr_lines"}
              : list{});
  return false;
}

module_result run_command(command_request request, const module_context& ctx) {
  module_result out;
  auto ended = ctx.machine.processes().run(request.process);
  if (!ended) {
    out = module_result::failure(ended.why());
    out.data.set("cmd", std::move(request.shown));
    out.data.set("rc", rc_of(ended.why().code));
    for (std::string_view name : {"stdout", "stderr"}) {
      out.data.set(name, "");
      out.data.set(fmt::format("{}_lines", name), list{});
    }
    return out;
  }
  out.changed = true;
  out.data.set("cmd", std::move(request.shown));
  out.data.set("rc", ended->rc);
  add_output(out, "stdout", ended->out, request);
  add_output(out, "stderr", ended->err, request);
  out.data.set("start", precise_time(ctx.machine.clock(), ended->start));
  auto duration
    = std::chrono::duration_cast<std::chrono::system_clock::duration>(
      ended->duration);
  out.data.set("end",
               precise_time(ctx.machine.clock(), ended->start + duration));
  out.data.set("delta", format_delta(ended->duration));
  judge(out, *ended, request);
  out.data.set("msg", out.msg);
  return out;
}

std::string readable(const captured_output& output, size_t head) {
  if (output.dropped == 0)
    return output.bytes;
  std::string_view kept = output.bytes;
  auto cut = std::min(head, kept.size());
  return with_gap(kept.substr(0, cut), output.dropped, kept.substr(cut));
}

value lines_of(std::string_view text) {
  // Bytes that end a line on their own; the others of Python's are longer.
  constexpr std::string_view single = "\n\v\f\x1c\x1d\x1e";
  list out;
  for (size_t begin = 0; begin < text.size();) {
    auto end = begin;
    size_t mark = 0;
    for (; end < text.size(); ++end) {
      auto rest = text.substr(end);
      if (single.find(rest[0]) != std::string_view::npos)
        mark = 1;
      else if (rest[0] == '\r')
        mark = rest.starts_with("\r\n") ? 2 : 1;
      else if (rest.starts_with("\xc2\x85"))
        mark = 2;
      else if (rest.starts_with("\xe2\x80\xa8")
               || rest.starts_with("\xe2\x80\xa9"))
        mark = 3;
      if (mark != 0)
        break;
    }
    out.push_back(
      value::from_host(std::string{text.substr(begin, end - begin)}));
    begin = end + mark;
  }
  return out;
}

} // namespace troupe
