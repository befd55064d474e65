#include "actors/remote/line_preamble.hpp"

#include "actors/remote/carrier.hpp"
#include "actors/remote/line_frames.hpp"

#include <utility>

namespace troupe {

namespace {

// What a login may print before the engine begins, of all.
constexpr size_t words_most = size_t{64} << 10U;
constexpr size_t complaints_most = 4096;

} // namespace

line_preamble::word line_preamble::take(std::string_view piece,
                                        std::string& rest) {
  words_ += piece;
  auto out = word::none;
  for (size_t end = 0; (end = words_.find('\n')) != std::string::npos;) {
    auto line = words_.substr(0, end + 1);
    words_.erase(0, end + 1);
    if (line.ends_with(line_opening)) {
      rest = std::exchange(words_, {});
      return word::opened;
    }
    passed_over_ += line.size();
    line.pop_back();
    if (auto found = read(line); found != word::none)
      out = found;
  }
  return passed_over_ + words_.size() > words_most ? word::noise : out;
}

line_preamble::word line_preamble::read(std::string_view line) {
  // What a login has printed before need not have ended its line: a title for
  // the terminal never does.
  if (line.ends_with(asks_for_engine))
    return word::engine;
  if (line.ends_with(cannot_keep_engine_word))
    cannot_keep_ = true;
  else if (auto at = line.rfind(is_other_machine); at != line.npos)
    other_machine_ = line.substr(at + is_other_machine.size());
  return word::none;
}

line_preamble::word line_preamble::complain(std::string_view piece) {
  // Lines of ssh end as those of a terminal.
  for (auto c : piece)
    if (c != '\r')
      complaints_ += c;
  auto out = word::none;
  for (size_t at = 0;
       (at = complaints_.find(asks_for_password)) != std::string::npos;) {
    complaints_.erase(at, asks_for_password.size());
    out = std::exchange(asked_, true) ? word::refusal : word::password;
  }
  if (complaints_.size() > complaints_most)
    complaints_.erase(0, complaints_.size() - complaints_most);
  return out;
}

std::string line_preamble::complaints() const {
  constexpr std::string_view blanks = " \t\r\n";
  auto begin = complaints_.find_first_not_of(blanks);
  if (begin == std::string::npos)
    return {};
  return complaints_.substr(begin,
                            complaints_.find_last_not_of(blanks) + 1 - begin);
}

} // namespace troupe
