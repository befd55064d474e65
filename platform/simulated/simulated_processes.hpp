#pragma once

#include "platform/process.hpp"
#include "platform/simulated/simulated_clock.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// Whether a command line fits a shell pattern.
bool fits(const std::string& pattern, const std::string& line);

/// What a simulated program does.
struct program_answer {
  int rc = 0;
  std::string out = {};
  std::string err = {};
  std::chrono::nanoseconds duration{};
  /// What it changes on its host.
  std::function<void(const process_spec&)> effect = {};
  /// The program, or this use of it, is not known here, and the rest only says
  /// so.
  bool unknown = false;
};

/// What befalls a program besides its answer.
struct program_fate {
  /// Time that it takes more than its answer says.
  std::chrono::nanoseconds takes{};
  /// Why the system does not start it; 0: it does.
  int refused = 0;
  /// It is killed before it begins.
  bool killed = false;
};

/// Programs that are only answers: a command line matches a pattern, the last
/// one given first.
class simulated_processes final : public process_runner {
public:
  explicit simulated_processes(simulated_clock& clock) : clock_{clock} {
  }

  /// Answers every command line (words joined by blanks, the program without
  /// its folder) that the shell pattern `pattern` matches.
  void on(std::string pattern, program_answer answer);

  /// Answers by a function of the command.
  void on(std::string pattern,
          std::function<program_answer(const process_spec&)> answer);

  /// Answers every command line of a program. What patterns say wins.
  void on_program(std::string program,
                  std::function<program_answer(const process_spec&)> answer);

  /// Answers what nobody else does: files that are programs, say. Absent
  /// means that there is no such program.
  void otherwise(
    std::function<std::optional<program_answer>(const process_spec&)> answer);

  /// What a table says of a command line.
  struct table_answer {
    /// Absent: what programs say themselves.
    std::optional<program_answer> answer = {};
    /// How much longer it takes.
    std::chrono::nanoseconds takes{};
  };

  /// Answers by a table that many hosts may share, before what programs say
  /// themselves.
  using shared_table
    = std::function<table_answer(const process_spec&, const std::string& line)>;
  void consult(shared_table table);

  /// Says what becomes of a program that nobody here knows, or not so: what it
  /// would come to, or absent when there is no such program.
  using judgement = std::function<std::optional<program_answer>(
    const std::string& line, std::optional<program_answer>)>;
  void judge_unknown(judgement judge);

  /// Decides of each command line what befalls it.
  void befall(std::function<program_fate(const std::string&)> fate);

  /// Makes `program` known to `find_program`; `on` does it for the first word
  /// of its pattern.
  void install(const std::string& program);
  void uninstall(const std::string& program);
  /// As if `on_program` had not been called for it.
  void forget(const std::string& program);

  /// The names of all that are known.
  std::vector<std::string> installed();

  /// All command lines so far, in order.
  std::vector<std::string> calls();

  /// How many of them match a pattern.
  size_t count(const std::string& pattern);

  /// What a program answers; it is not yet done and takes no time. Absent:
  /// there is no such program.
  std::optional<program_answer> answer(const process_spec& spec);

  result<process_result> run(const process_spec& spec) override;
  std::string find_program(std::string_view program,
                           const std::vector<std::string>& extra) override;
  int own_number() override;
  bool exists(int number) override;

private:
  struct rule {
    std::string pattern;
    std::function<program_answer(const process_spec&)> answer;
  };

  using answer_function = std::function<program_answer(const process_spec&)>;

  std::optional<program_answer> killed(const std::string& line);
  process_result follow(const process_spec& spec, const program_answer& answer);

  simulated_clock& clock_;
  std::mutex lock_;
  std::vector<rule> rules_;
  std::map<std::string, answer_function> own_answers_;
  std::function<std::optional<program_answer>(const process_spec&)> otherwise_;
  std::function<program_fate(const std::string&)> fate_;
  shared_table table_;
  judgement judge_;
  std::set<std::string> programs_;
  std::vector<std::string> calls_;
};

} // namespace troupe
