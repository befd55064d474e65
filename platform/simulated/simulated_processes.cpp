#include "platform/simulated/simulated_processes.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <csignal>

namespace troupe {

namespace {

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::string line_of(const process_spec& spec) {
  std::string out;
  for (auto& word : spec.argv) {
    if (!out.empty())
      out += ' ';
    out += out.empty() ? base_name(word) : word;
  }
  return out;
}

captured_output kept(const process_spec& spec, const std::string& text) {
  auto most = spec.keep_head + spec.keep_tail;
  if (text.size() <= most)
    return {text, 0};
  return {text.substr(0, spec.keep_head)
            + text.substr(text.size() - spec.keep_tail),
          text.size() - most};
}

} // namespace

bool fits(const std::string& pattern, const std::string& line) {
  return ::fnmatch(pattern.c_str(), line.c_str(), 0) == 0;
}

void simulated_processes::on(std::string pattern, program_answer answer) {
  on(std::move(pattern),
     [answer = std::move(answer)](const process_spec&) { return answer; });
}

void simulated_processes::on(
  std::string pattern,
  std::function<program_answer(const process_spec&)> answer) {
  install(pattern.substr(0, pattern.find(' ')));
  std::lock_guard guard{lock_};
  rules_.push_back({std::move(pattern), std::move(answer)});
}

void simulated_processes::on_program(
  std::string program,
  std::function<program_answer(const process_spec&)> answer) {
  install(program);
  std::lock_guard guard{lock_};
  own_answers_.insert_or_assign(std::move(program), std::move(answer));
}

void simulated_processes::otherwise(
  std::function<std::optional<program_answer>(const process_spec&)> answer) {
  std::lock_guard guard{lock_};
  otherwise_ = std::move(answer);
}

void simulated_processes::befall(
  std::function<program_fate(const std::string&)> fate) {
  std::lock_guard guard{lock_};
  fate_ = std::move(fate);
}

void simulated_processes::consult(shared_table table) {
  std::lock_guard guard{lock_};
  table_ = std::move(table);
}

void simulated_processes::judge_unknown(judgement judge) {
  std::lock_guard guard{lock_};
  judge_ = std::move(judge);
}

std::vector<std::string> simulated_processes::installed() {
  std::lock_guard guard{lock_};
  return {programs_.begin(), programs_.end()};
}

void simulated_processes::install(const std::string& program) {
  std::lock_guard guard{lock_};
  programs_.insert(program);
}

void simulated_processes::uninstall(const std::string& program) {
  std::lock_guard guard{lock_};
  programs_.erase(program);
}

void simulated_processes::forget(const std::string& program) {
  std::lock_guard guard{lock_};
  programs_.erase(program);
  own_answers_.erase(program);
}

std::vector<std::string> simulated_processes::calls() {
  std::lock_guard guard{lock_};
  return calls_;
}

size_t simulated_processes::count(const std::string& pattern) {
  auto all = calls();
  return static_cast<size_t>(std::count_if(
    all.begin(), all.end(), [&](auto& line) { return fits(pattern, line); }));
}

std::optional<program_answer>
simulated_processes::killed(const std::string& line) {
  std::lock_guard guard{lock_};
  calls_.push_back(line);
  return program_answer{.rc = -SIGKILL};
}

std::optional<program_answer>
simulated_processes::answer(const process_spec& spec) {
  auto line = line_of(spec);
  answer_function found;
  shared_table table;
  {
    std::lock_guard guard{lock_};
    calls_.push_back(line);
    table = table_;
    auto at = std::find_if(rules_.rbegin(), rules_.rend(),
                           [&](auto& one) { return fits(one.pattern, line); });
    auto own = own_answers_.find(line.substr(0, line.find(' ')));
    if (at != rules_.rend())
      found = at->answer;
    else if (own != own_answers_.end())
      found = own->second;
  }
  auto said = table ? table(spec, line) : table_answer{};
  if (!said.answer)
    said.answer = found        ? found(spec)
                  : otherwise_ ? otherwise_(spec)
                               : std::nullopt;
  if (said.answer)
    said.answer->duration += said.takes;
  return std::move(said.answer);
}

result<process_result> simulated_processes::run(const process_spec& spec) {
  auto line = line_of(spec);
  std::function<program_fate(const std::string&)> decide;
  judgement judge;
  {
    std::lock_guard guard{lock_};
    decide = fate_;
    judge = judge_;
  }
  auto fate = decide ? decide(line) : program_fate{};
  if (fate.refused != 0)
    return system_error(fate.refused, fmt::format("cannot run '{}'", line));
  auto answer = fate.killed ? killed(line) : this->answer(spec);
  if (judge && (!answer || answer->unknown))
    answer = judge(line, std::move(answer));
  if (!answer)
    return error{errc::not_found,
                 fmt::format("cannot run '{}': no such program", line)};
  answer->duration += fate.takes;
  return follow(spec, *answer);
}

process_result simulated_processes::follow(const process_spec& spec,
                                           const program_answer& answer) {
  process_result out;
  out.start = clock_.now();
  out.out = kept(spec, answer.out);
  out.err = kept(spec, answer.err);
  out.rc = answer.rc;
  auto begun = clock_.steady_now();
  auto end = later(begun, answer.duration);
  if (spec.deadline && end > *spec.deadline) {
    out.timed_out = true;
    out.rc = -SIGTERM;
    end = std::max(begun, *spec.deadline);
  } else if (spec.stop.stop_requested()) {
    out.cancelled = true;
    out.rc = -SIGTERM;
    end = begun;
  } else if (answer.effect) {
    answer.effect(spec);
  }
  out.duration = end - begun;
  clock_.sleep_until(end, {});
  if (spec.on_output) {
    if (!answer.out.empty())
      spec.on_output(false, answer.out);
    if (!answer.err.empty())
      spec.on_output(true, answer.err);
  }
  return out;
}

std::string simulated_processes::find_program(std::string_view program,
                                              const std::vector<std::string>&) {
  std::lock_guard guard{lock_};
  auto name = base_name(std::string{program});
  if (!programs_.contains(name))
    return {};
  return program.find('/') == std::string_view::npos ? "/usr/bin/" + name
                                                     : std::string{program};
}

// The program that acts on a simulated host is its only process: programs end
// before `run` returns.
int simulated_processes::own_number() {
  return 1;
}

bool simulated_processes::exists(int number) {
  return number == own_number();
}

} // namespace troupe
