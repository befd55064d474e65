#pragma once

#include "platform/process.hpp"
#include "platform/simulated/simulated_clock.hpp"

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// What a simulated program does.
struct program_answer {
  int rc = 0;
  std::string out = {};
  std::string err = {};
  std::chrono::nanoseconds duration{};
  /// What it changes on its host.
  std::function<void(const process_spec&)> effect = {};
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

  /// Makes `program` known to `find_program`; `on` does it for the first word
  /// of its pattern.
  void install(const std::string& program);
  void uninstall(const std::string& program);

  /// All command lines so far, in order.
  std::vector<std::string> calls();

  /// How many of them match a pattern.
  size_t count(const std::string& pattern);

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

  simulated_clock& clock_;
  std::mutex lock_;
  std::vector<rule> rules_;
  std::set<std::string> programs_;
  std::vector<std::string> calls_;
};

} // namespace troupe
