#pragma once

#include "tests/support/temp_dir.hpp"

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace troupe::test {

/// `troupe ARGUMENTS` on a terminal of its own, in a session of its own.
class terminal_program {
public:
  explicit terminal_program(std::vector<std::string> arguments,
                            unsigned short columns = 80);
  ~terminal_program();
  terminal_program(const terminal_program&) = delete;
  terminal_program& operator=(const terminal_program&) = delete;

  /// Reads until the words were shown, at or behind `from`. The test fails when
  /// the program ends before.
  void read_until(std::string_view words, size_t from = 0);

  void type(std::string_view text);

  /// Reads the rest and waits. The exit status, or minus a signal's number.
  int wait();

  /// Whether the terminal shows what is typed.
  bool echoes() const;

  /// What was shown, with plain ends of lines.
  const std::string& shown() const {
    return shown_;
  }

private:
  bool read_some();

  temp_dir state_;
  pid_t pid_ = -1;
  int terminal_ = -1;
  std::string shown_;
};

} // namespace troupe::test
