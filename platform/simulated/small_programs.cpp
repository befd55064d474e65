#include "platform/simulated/small_programs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace troupe {

namespace {

program_answer run_true(const small_call&) {
  return {};
}

program_answer run_false(const small_call&) {
  return {.rc = 1};
}

program_answer run_echo(const small_call& call) {
  auto& argv = call.spec.argv;
  auto quiet = argv.size() > 1 && argv[1] == "-n";
  // Shells differ in what these do.
  if (argv.size() > 1 && argv[1].starts_with("-") && !quiet)
    return unknown_here("echo", argv[1]);
  std::string text;
  for (size_t i = quiet ? 2 : 1; i < argv.size(); ++i)
    text += (i > (quiet ? 2U : 1U) ? " " : "") + argv[i];
  return {.out = quiet ? text : text + "\n"};
}

/// Seconds; negative when that is no time.
double seconds_of(const std::string& text) {
  char* end = nullptr;
  auto number = std::strtod(text.c_str(), &end);
  std::string_view unit{end};
  auto factor = unit.empty() || unit == "s" ? 1
                : unit == "m"               ? 60
                : unit == "h"               ? 3600
                : unit == "d"               ? 86400
                                            : -1;
  return end == text.c_str() || !(number >= 0) ? -1 : number * factor;
}

program_answer run_sleep(const small_call& call) {
  double sum = 0;
  for (auto& each : call.operands) {
    auto seconds = seconds_of(each);
    if (seconds < 0)
      return {.rc = 1,
              .err = fmt::format("sleep: invalid time interval '{}'\n", each)};
    sum += seconds;
  }
  // Nobody waits for longer than thirty years.
  return {.duration = std::chrono::nanoseconds{
            static_cast<int64_t>(std::min(sum, 1e9) * 1e9)}};
}

program_answer run_id(const small_call& call) {
  auto& people = call.machine.people;
  auto rights = people.acting();
  auto account = call.operands.empty() ? people.user(rights.uid)
                                       : people.user(call.operands[0]);
  if (!account && !call.operands.empty())
    return {.rc = 1,
            .err = fmt::format("id: '{}': no such user\n", call.operands[0])};
  auto uid = account ? account->uid : rights.uid;
  auto gid = account && !call.operands.empty() ? account->gid : rights.gid;
  auto user = account ? account->name : std::to_string(uid);
  auto group = people.group(gid);
  auto team = group ? group->name : std::to_string(gid);
  if (call.has('u'))
    return {.out = (call.has('n') ? user : std::to_string(uid)) + "\n"};
  if (call.has('g'))
    return {.out = (call.has('n') ? team : std::to_string(gid)) + "\n"};
  if (call.has('n'))
    return unknown_here("id", "-n without -u or -g");
  return {.out = fmt::format("uid={}({}) gid={}({})\n", uid, user, gid, team)};
}

program_answer run_whoami(const small_call& call) {
  auto uid = call.machine.people.acting().uid;
  auto account = call.machine.people.user(uid);
  return {.out = (account ? account->name : std::to_string(uid)) + "\n"};
}

program_answer run_hostname(const small_call& call) {
  if (!call.operands.empty())
    return unknown_here("hostname", "setting the name");
  auto& kernel = call.machine.machine.kernel_answer;
  auto& name = call.has('f') ? kernel.fully_qualified_name : kernel.node;
  return {.out = name + "\n"};
}

program_answer run_uname(const small_call& call) {
  auto& kernel = call.machine.machine.kernel_answer;
  std::string out;
  auto add = [&](char option, const std::string& word) {
    if (call.has(option) || call.has('a')
        || (option == 's' && call.options.empty()))
      out += (out.empty() ? "" : " ") + word;
  };
  add('s', kernel.name);
  add('n', kernel.node);
  add('r', kernel.release);
  add('v', kernel.version);
  add('m', kernel.machine);
  return {.out = out + "\n"};
}

program_answer run_date(const small_call& call) {
  std::string format = "%a %b %e %H:%M:%S UTC %Y";
  if (call.operands.size() > 1
      || (!call.operands.empty() && !call.operands[0].starts_with('+')))
    return unknown_here("date", "setting the time");
  if (!call.operands.empty())
    format = call.operands[0].substr(1);
  auto& time = call.machine.time;
  auto now = std::chrono::system_clock::to_time_t(time.now());
  // The seconds since 1970 would be counted in this process's time zone.
  for (size_t at = 0; (at = format.find("%s", at)) != std::string::npos;)
    format.replace(at, 2, std::to_string(now));
  auto fields = time.local_time(now);
  std::array<char, 4096> text{};
  auto size = std::strftime(text.data(), text.size(), format.c_str(), &fields);
  if (size == 0 && !format.empty())
    return unknown_here("date", "a format of that length");
  return {.out = std::string{text.data(), size} + "\n"};
}

constexpr std::array small_system_programs{
  small_program{"true", nullptr, run_true},
  small_program{"false", nullptr, run_false},
  small_program{"echo", nullptr, run_echo},
  small_program{"sleep", "", run_sleep},
  small_program{"id", "ugn", run_id},
  small_program{"whoami", "", run_whoami},
  small_program{"hostname", "fs", run_hostname},
  small_program{"uname", "asnrvm", run_uname},
  small_program{"date", "u", run_date}};

program_answer answer_of(simulated_host& machine, const small_program& program,
                         const process_spec& spec) {
  small_call call{machine, spec, {}, {}};
  bool options = program.options != nullptr;
  for (size_t i = 1; i < spec.argv.size(); ++i) {
    auto& word = spec.argv[i];
    if (!options || word.size() < 2 || word[0] != '-') {
      call.operands.push_back(word);
    } else if (word == "--") {
      options = false;
    } else {
      if (word.find_first_not_of(program.options, 1) != std::string::npos)
        return unknown_here(program.name, word);
      call.options += word.substr(1);
    }
  }
  return program.run(call);
}

} // namespace

std::string small_call::path(const std::string& name) const {
  if (name.starts_with('/'))
    return name;
  auto& folder = spec.working_directory;
  return fmt::format("{}/{}", folder.empty() ? "/root" : folder, name);
}

program_answer unknown_here(std::string_view program, std::string_view what) {
  return {.rc = 2,
          .err = fmt::format("{}: not known on a simulated host: {}\n", program,
                             what),
          .unknown = true};
}

void install_small_programs(simulated_host& machine) {
  auto install = [&](const small_program& each) {
    machine.programs.on_program(each.name,
                                [&machine, each](const process_spec& spec) {
                                  return answer_of(machine, each, spec);
                                });
  };
  std::ranges::for_each(small_system_programs, install);
  std::ranges::for_each(small_file_programs(), install);
}

} // namespace troupe
