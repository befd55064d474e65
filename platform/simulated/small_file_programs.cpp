#include "platform/simulated/small_programs.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace troupe {

namespace {

/// Does something with each operand; what fails stays the status.
template <class Action>
program_answer for_each_file(const char* program, const small_call& call,
                             Action action) {
  program_answer out;
  if (call.operands.empty())
    return {.rc = 1, .err = fmt::format("{}: missing operand\n", program)};
  for (auto& each : call.operands)
    if (result<void> done = action(call.path(each)); !done) {
      out.rc = 1;
      out.err += fmt::format("{}: {}\n", program, done.why().message);
    }
  return out;
}

program_answer run_cat(const small_call& call) {
  constexpr size_t longest = size_t{1} << 30U;
  if (call.operands.empty())
    return {.out = call.spec.input.value_or("")};
  std::string all;
  auto out
    = for_each_file("cat", call, [&](const std::string& path) -> result<void> {
        auto text = call.machine.disk.read(path, longest);
        if (!text)
          return text.why();
        all += *text;
        return {};
      });
  out.out = std::move(all);
  return out;
}

program_answer run_touch(const small_call& call) {
  auto now = to_file_time(
    std::chrono::duration<double>(call.machine.time.now().time_since_epoch())
      .count());
  return for_each_file("touch", call, [&](const std::string& path) {
    auto made = call.machine.disk.touch(path, 0666);
    return made ? call.machine.disk.set_times(path, now, now, true) : made;
  });
}

result<void> make_folders(simulated_files& disk, const std::string& path) {
  for (size_t at = 1; at != std::string::npos;) {
    at = path.find('/', at);
    auto part = path.substr(0, at);
    auto there = disk.status(part, true);
    if (there && !*there)
      if (auto made = disk.make_directory(part, 0755); !made)
        return made;
    if (at != std::string::npos)
      ++at;
  }
  return {};
}

program_answer run_mkdir(const small_call& call) {
  return for_each_file("mkdir", call, [&](const std::string& path) {
    auto& disk = call.machine.disk;
    return call.has('p') ? make_folders(disk, path)
                         : disk.make_directory(path, 0755);
  });
}

program_answer run_rm(const small_call& call) {
  return for_each_file(
    "rm", call, [&](const std::string& path) -> result<void> {
      auto& disk = call.machine.disk;
      auto there = disk.status(path, false);
      if (!there)
        return there.why();
      if (!*there && call.has('f'))
        return {};
      if (*there && (call.has('r') || call.has('R')))
        return disk.remove_all(path);
      if (*there && (*there)->kind == file_kind::directory)
        return error{errc::invalid_argument,
                     fmt::format("cannot remove '{}': is a directory", path)};
      return disk.remove(path);
    });
}

using some_words = std::span<const std::string>;

/// A question about a file or a text; absent: it is not known here.
std::optional<bool> asked(const small_call& call, const std::string& what,
                          const std::string& of) {
  if (what == "-z" || what == "-n")
    return of.empty() == (what == "-z");
  if (what.size() != 2 || what[0] != '-'
      || std::string_view{"edfshLrwx"}.find(what[1]) == std::string::npos)
    return std::nullopt;
  auto& disk = call.machine.disk;
  auto path = call.path(of);
  auto link = what == "-L" || what == "-h";
  auto found = disk.status(path, !link);
  if (!found || !*found)
    return false;
  switch (what[1]) {
  case 'd':
    return (*found)->kind == file_kind::directory;
  case 'f':
    return (*found)->kind == file_kind::regular;
  case 's':
    return (*found)->size > 0;
  case 'e':
    return true;
  default:
    return link ? (*found)->kind == file_kind::symlink
                : disk.access(path, what.substr(1));
  }
}

std::optional<long> whole_number(const std::string& text) {
  long out = 0;
  auto end = text.data() + text.size();
  auto read = std::from_chars(text.data(), end, out);
  return read.ptr == end && read.ec == std::errc{} ? std::optional{out}
                                                   : std::nullopt;
}

/// A comparison; absent: it is not known here.
std::optional<bool> judged_pair(const std::string& left,
                                const std::string& sign,
                                const std::string& right) {
  if (sign == "=" || sign == "!=")
    return (left == right) == (sign == "=");
  auto a = whole_number(left);
  auto b = whole_number(right);
  if (!a || !b)
    return std::nullopt;
  return sign == "-eq"   ? std::optional{*a == *b}
         : sign == "-ne" ? std::optional{*a != *b}
         : sign == "-lt" ? std::optional{*a < *b}
         : sign == "-le" ? std::optional{*a <= *b}
         : sign == "-gt" ? std::optional{*a > *b}
         : sign == "-ge" ? std::optional{*a >= *b}
                         : std::nullopt;
}

std::optional<bool> judged(const small_call& call, some_words words) {
  if (words.size() < 2)
    return !words.empty() && !words[0].empty();
  if (words.size() == 3)
    if (auto known = judged_pair(words[0], words[1], words[2]))
      return known;
  if (words[0] == "!" && words.size() <= 4) {
    auto rest = judged(call, words.subspan(1));
    return rest ? std::optional{!*rest} : std::nullopt;
  }
  return words.size() == 2 ? asked(call, words[0], words[1]) : std::nullopt;
}

program_answer run_test(const small_call& call) {
  some_words words{call.operands};
  if (call.spec.argv[0].ends_with('[')) {
    if (words.empty() || words.back() != "]")
      return {.rc = 2, .err = "[: missing ]\n"};
    words = words.first(words.size() - 1);
  }
  auto holds = judged(call, words);
  if (!holds)
    return unknown_here("test", fmt::format("{}", fmt::join(words, " ")));
  return {.rc = *holds ? 0 : 1};
}

constexpr std::array all_file_programs{small_program{"cat", "", run_cat},
                                       small_program{"touch", "", run_touch},
                                       small_program{"mkdir", "p", run_mkdir},
                                       small_program{"rm", "rRf", run_rm},
                                       small_program{"test", nullptr, run_test},
                                       small_program{"[", nullptr, run_test}};

} // namespace

std::span<const small_program> small_file_programs() {
  return all_file_programs;
}

} // namespace troupe
