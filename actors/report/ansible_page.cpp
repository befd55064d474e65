#include "actors/report/ansible_page.hpp"

#include "actors/report/diff_text.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace troupe {

void ansible_page::print(const std::string& line) {
  tell_included();
  out_->write(line + "\n");
}

void ansible_page::print_failure(const std::string& line) {
  tell_included();
  (how_.failures_aside ? err_ : out_)->write(line + "\n");
}

void ansible_page::print_error(const std::string& words) {
  err_->write(how_.colours.red("ERROR! " + terminal_line(words)) + "\n");
}

void ansible_page::print_difference(const value& diff) {
  tell_included();
  if (diff.is_list()) {
    for (auto& each : diff.as_list())
      print_difference(each);
    return;
  }
  auto text = describe_diff(diff, how_.colours);
  // As there: an empty line ends what was found by comparing lines.
  if (!text.empty() && diff.find("before") && diff.find("after")
      && !diff.find("prepared"))
    text += '\n';
  out_->write(text);
}

void ansible_page::warn(const std::string& words) {
  constexpr size_t most_remembered = 1000;
  if (warned_.contains(words))
    return;
  if (warned_.size() < most_remembered)
    warned_.insert(words);
  auto text = "[WARNING]: " + terminal_words(words);
  err_->write(
    how_.colours.magenta(wrap_text(text, how_.columns, true, "\n", true))
    + "\n");
}

void ansible_page::banner(const std::string& words) {
  auto line = terminal_line(words);
  auto used = columns_of(line);
  auto stars = used + 3 < how_.columns ? how_.columns - used : 3;
  print("\n" + line + " " + std::string(stars, '*'));
}

void ansible_page::add_inclusion(const tasks_included& what,
                                 const std::string& host) {
  bool same = included_.task == what.task && included_.from == what.from
              && included_.item == what.item
              && std::find(included_for_.begin(), included_for_.end(), host)
                   == included_for_.end();
  if (!same)
    tell_included();
  included_for_.push_back(host);
  included_ = what;
}

void ansible_page::tell_included() {
  if (included_for_.empty())
    return;
  auto item = included_.item.empty()
                ? ""
                : fmt::format(" => (item={})", terminal_line(included_.item));
  auto line
    = fmt::format("included: {} for {}{}", terminal_line(included_.from),
                  fmt::join(std::exchange(included_for_, {}), ", "), item);
  out_->write(how_.colours.cyan(line) + "\n");
}

bool ansible_page::shows(const told_ending& ending) const {
  return ending.failed
         || (ending.skipped ? how_.shows_skipped
                            : ending.changed || how_.shows_ok);
}

std::string ansible_page::words_of(const value& output, bool in_lines) const {
  return ansible_words(essence(output, how_.verbosity), in_lines, how_.form);
}

} // namespace troupe
