#include "platform/simulated/simulated_shell.hpp"

#include "platform/simulated/shell_line.hpp"
#include "platform/simulated/small_programs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <optional>

namespace troupe {

namespace {

constexpr size_t longest_script = size_t{1} << 20;
// What a shell collects of its programs before the machine runs out of memory.
constexpr size_t most_output = size_t{64} << 20;
constexpr unsigned most_levels = 50;
constexpr const char* level_variable = "SHLVL";

/// One run of a shell.
class shell_run {
public:
  shell_run(simulated_host& machine, const process_spec& spec)
      : machine_{machine}, spec_{spec}, folder_{spec.working_directory.empty()
                                                  ? "/root"
                                                  : spec.working_directory} {
  }

  program_answer run() {
    std::string text;
    if (level() > most_levels)
      return {.rc = 2, .err = "sh: cannot fork: too many shells\n"};
    if (auto trouble = take_text(text))
      return *trouble;
    auto steps = read_shell_text(
      text, [this](std::string_view name) { return variable(name); });
    if (!steps)
      return unknown_here("sh", steps.why().message);
    for (auto& step : *steps) {
      auto skipped = (step.joined_by == "&&" && out_.rc != 0)
                     || (step.joined_by == "||" && out_.rc == 0);
      if (!step.words.empty() && !skipped && !take(step))
        break;
    }
    return std::move(out_);
  }

private:
  /// What is to be done, from the command line, a file or the input.
  std::optional<program_answer> take_text(std::string& text) {
    auto& argv = spec_.argv;
    if (argv.size() < 2) {
      text = spec_.input.value_or("");
      arguments_ = {argv[0]};
      return std::nullopt;
    }
    if (argv[1] == "-c") {
      if (argv.size() < 3)
        return program_answer{.rc = 2, .err = "sh: -c needs a line\n"};
      text = argv[2];
      arguments_.assign(argv.begin() + 3, argv.end());
      if (arguments_.empty())
        arguments_ = {argv[0]};
      return std::nullopt;
    }
    if (argv[1].starts_with('-'))
      return unknown_here("sh", argv[1]);
    auto script = machine_.disk.read(path_of(argv[1]), longest_script);
    if (!script)
      return program_answer{
        .rc = 127, .err = fmt::format("sh: {}\n", script.why().message)};
    text = *std::move(script);
    arguments_.assign(argv.begin() + 1, argv.end());
    return std::nullopt;
  }

  /// How many shells this one is in.
  unsigned level() {
    unsigned out = 0;
    auto text = variable(level_variable);
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
  }

  std::string path_of(const std::string& name) const {
    return name.starts_with('/') ? name : fmt::format("{}/{}", folder_, name);
  }

  std::string variable(std::string_view name) {
    size_t number = 0;
    auto end = name.data() + name.size();
    if (std::from_chars(name.data(), end, number).ptr == end)
      return number < arguments_.size() ? arguments_[number] : std::string{};
    // The last of a name counts.
    for (auto at = spec_.environment.rbegin(); at != spec_.environment.rend();
         ++at)
      if (at->first == name)
        return at->second;
    return machine_.variable(name).value_or("");
  }

  /// False when the shell ends here.
  bool take(const shell_step& step) {
    auto words = step.words;
    // The shell ends with the program that takes its place.
    auto last = words[0] == "exec";
    if (last)
      words.erase(words.begin());
    if (words[0] == "exit")
      return end_with(words);
    if (words[0] == "cd") {
      change_folder(words);
      return !last;
    }
    auto child = spec_;
    child.argv = words;
    child.executable.clear();
    child.working_directory = folder_;
    child.on_output = {};
    child.environment.emplace_back(level_variable, std::to_string(level() + 1));
    auto ended = machine_.programs.run(child);
    if (!ended) {
      auto missing = ended.why().code == errc::not_found;
      out_.rc = missing ? 127 : 126;
      out_.err += fmt::format("sh: {}\n", ended.why().message);
      return !last;
    }
    out_.rc = ended->rc < 0 ? 128 - ended->rc : ended->rc;
    out_.err += ended->err.bytes;
    // A shell whose program was ended is ended with it.
    if (ended->timed_out)
      out_.duration = std::chrono::nanoseconds{1};
    return deliver(step, ended->out.bytes) && !ended->timed_out
           && !ended->cancelled && !last;
  }

  bool end_with(const std::vector<std::string>& words) {
    if (words.size() > 1) {
      auto end = words[1].data() + words[1].size();
      if (std::from_chars(words[1].data(), end, out_.rc).ptr != end)
        out_.rc = 2;
      out_.rc &= 0xff;
    }
    return false;
  }

  void change_folder(const std::vector<std::string>& words) {
    auto path = words.size() > 1 ? path_of(words[1]) : variable("HOME");
    auto there = machine_.disk.status(path, true);
    auto fine = there && *there && (*there)->kind == file_kind::directory;
    out_.rc = fine ? 0 : 2;
    if (fine)
      folder_ = path;
    else
      out_.err += fmt::format("sh: cd: can't cd to {}\n", path);
  }

  /// False when there is no memory for it, and the shell is killed.
  bool deliver(const shell_step& step, const std::string& text) {
    if (step.to.empty()) {
      if (out_.out.size() + out_.err.size() + text.size() > most_output) {
        out_.rc = -SIGKILL;
        return false;
      }
      out_.out += text;
      return true;
    }
    auto path = path_of(step.to);
    if (path == "/dev/null")
      return true;
    auto before = step.appends ? machine_.disk.read(path, size_t{1} << 30U)
                               : result<std::string>{std::string{}};
    auto done = machine_.disk.replace(
      path, (before ? *before : std::string{}) + text, {}, {});
    if (!done) {
      out_.rc = 1;
      out_.err += fmt::format("sh: {}\n", done.why().message);
    }
    return true;
  }

  simulated_host& machine_;
  const process_spec& spec_;
  std::string folder_;
  // What $0, $1, ... stand for.
  std::vector<std::string> arguments_;
  program_answer out_;
};

/// The words of the first line of a script behind `#!`; none: it is none.
std::vector<std::string> interpreter_of(simulated_host& machine,
                                        const std::string& path) {
  constexpr size_t longest = 256;
  auto start = machine.disk.read_start(path, longest);
  if (!start || !start->starts_with("#!") || !machine.disk.access(path, "x"))
    return {};
  std::string_view line{*start};
  line = line.substr(2, std::min(line.find('\n'), line.size()) - 2);
  std::vector<std::string> out;
  // The kernel hands over everything behind the first word as one.
  while (!line.empty() && out.size() < 2) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    auto end = out.empty() ? std::min(line.find_first_of(" \t"), line.size())
                           : line.size();
    if (end > 0)
      out.emplace_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  if (out.size() == 2 && out[0].ends_with("/env"))
    out.erase(out.begin());
  return out;
}

/// A file of the host that is a script, by the program that it names.
std::optional<program_answer> run_script(simulated_host& machine,
                                         const process_spec& spec) {
  auto& path = spec.executable.empty() ? spec.argv[0] : spec.executable;
  auto words = interpreter_of(machine, path);
  // One that is a script itself is none, as it may lead back to this one.
  if (words.empty() || !interpreter_of(machine, words[0]).empty())
    return std::nullopt;
  auto read = spec;
  read.executable.clear();
  read.argv.assign(words.begin(), words.end());
  read.argv.push_back(path);
  read.argv.insert(read.argv.end(), spec.argv.begin() + 1, spec.argv.end());
  return machine.programs.answer(read);
}

} // namespace

void install_shell(simulated_host& machine) {
  machine.programs.otherwise(
    [&machine](const process_spec& spec) { return run_script(machine, spec); });
  for (auto* name : {"sh", "bash"})
    machine.programs.on_program(name, [&machine](const process_spec& spec) {
      return shell_run{machine, spec}.run();
    });
}

} // namespace troupe
