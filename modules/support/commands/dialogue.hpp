#pragma once

#include "config/language/python/regex.hpp"
#include "config/value/dict.hpp"
#include "platform/result.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What is answered to a program that asks: for each question, a regular
/// expression of bytes whose `.` matches line ends too, one answer for all
/// times or a list of answers, one for each time.
class dialogue {
public:
  /// So many questions there may be, and so many bytes of what came since the
  /// last answer are searched.
  static constexpr size_t most_questions = 1000;
  static constexpr size_t window = size_t{8} << 10U;

  /// Of a mapping of questions to answers. The error says what is wrong with
  /// which question.
  static result<dialogue> read(const dict& responses);

  /// Takes what the program has printed and calls `say` with the line that
  /// answers each question in it, in the order in which they appear; of those
  /// that begin at one place, the first of the mapping counts. An error: the
  /// list of answers is at its end, a question would be found again and again
  /// in nothing, or it takes too long to search; or what `say` says.
  result<void> hear(std::string_view piece,
                    const std::function<result<void>(const std::string&)>& say);

private:
  struct question {
    std::string shown;
    std::shared_ptr<const regex> pattern;
    std::vector<std::string> answers;
    bool is_list = false;
    size_t next = 0;
  };

  struct hit {
    question* of = nullptr;
    size_t from = 0;
    size_t to = 0;
  };

  result<hit> first_hit();
  result<std::string> answer(question& to, std::string_view heard);
  void forget(size_t bytes);

  std::vector<question> questions_;
  // What was not matched yet, behind one byte of what was before it if
  // `begin_` is 1.
  std::string heard_;
  size_t begin_ = 0;
};

/// The words of a command line as `expect` has them: blanks part them, both
/// kinds of quotes keep them together, and a backslash outside of quotes takes
/// what follows as it is.
std::vector<std::string> words_of_terminal_line(std::string_view line);

} // namespace troupe
