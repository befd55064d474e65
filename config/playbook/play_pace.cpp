#include "config/playbook/play_pace.hpp"

#include "config/plan/plain_action.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/value/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

/// No play has more batches of different sizes.
constexpr size_t most_sizes = 1000;

const std::vector<std::string> strategies{"linear", "free", "host_pinned"};
const std::vector<std::string> orders{"inventory", "reverse_inventory",
                                      "sorted", "reverse_sorted", "shuffle"};

/// The number of a word among others; an error with the nearest one.
result<size_t> number_of(const value& x, const char* key,
                         const std::vector<std::string>& words,
                         const playbook_setting& with) {
  auto got = with.templates->evaluate(x, dict_variables{with.extra_vars});
  if (!got)
    return error{got.why().code,
                 fmt::format("'{}': {}", key, got.why().message)};
  auto text = std::string{plain_action(got->text_or(""))};
  auto at = std::find(words.begin(), words.end(), text);
  if (at == words.end())
    return error{errc::invalid_argument,
                 fmt::format("'{}': there is no such {}: '{}'{}", key, key,
                             text, did_you_mean(text, words))};
  return static_cast<size_t>(at - words.begin());
}

/// Whether the play says it itself.
template <class Kind>
bool read_word(fields& in, const char* key,
               const std::vector<std::string>& words,
               const playbook_setting& with, Kind& to) {
  auto* x = in.find(key);
  if (!x || x->is_null())
    return false;
  auto number = number_of(*x, key, words, with);
  if (number)
    to = static_cast<Kind>(*number);
  else
    in.fail(key, number.why().message);
  return true;
}

/// What plays do that say nothing. What is wrong with it is told once, where it
/// was said.
void take_usual_strategy(play& to, const playbook_setting& with,
                         problems& out) {
  constexpr std::string_view name{"DEFAULT_STRATEGY"};
  auto* from = with.ansible ? with.ansible->origin(name) : nullptr;
  if (!from)
    return;
  auto number
    = number_of(value{with.ansible->text(name)}, "strategy", strategies, with);
  if (number) {
    to.strategy = static_cast<play_strategy>(*number);
    return;
  }
  problem found{{}, number.why().message};
  if (from->line > 0)
    found.place
      = {std::make_shared<const std::string>(from->name), {from->line, 1}};
  else
    found.message = fmt::format("{}: {}", from->name, found.message);
  auto is_same = [&](const problem& x) {
    return x.place == found.place && x.message == found.message;
  };
  if (std::none_of(out.begin(), out.end(), is_same))
    out.push_back(std::move(found));
}

std::optional<batch_size> read_size(const value& x) {
  batch_size out;
  auto text = to_display(x);
  if (text.ends_with('%')) {
    out.percent = true;
    text.pop_back();
  }
  int64_t number = 0;
  auto [end, wrong]
    = std::from_chars(text.data(), text.data() + text.size(), number);
  if (x.is_bool() || wrong != std::errc{} || end != text.data() + text.size()
      || number > UINT32_MAX)
    return std::nullopt;
  // Ansible takes what is not positive for all hosts.
  out.number = static_cast<uint32_t>(std::max<int64_t>(number, 0));
  return out;
}

void read_serial(fields& in, play& to, const playbook_setting& with) {
  auto* x = in.find("serial");
  if (!x || x->is_null())
    return;
  auto got = with.templates->evaluate(*x, dict_variables{with.extra_vars});
  if (!got)
    return in.fail("serial", fmt::format("'serial': {}", got.why().message));
  auto all = got->is_list() ? got->as_list().items : std::vector{*got};
  if (all.size() > most_sizes)
    return in.fail("serial",
                   fmt::format("'serial': more than {} sizes", most_sizes));
  for (auto& each : all) {
    auto size = read_size(each);
    if (!size)
      return in.fail("serial",
                     fmt::format("'serial': expected numbers of hosts or "
                                 "percentages, found '{}'",
                                 to_display(each)));
    to.serial.push_back(*size);
  }
}

} // namespace

size_t batch_size::of(size_t all) const {
  if (!percent)
    return number;
  // Never none of them.
  return number == 0 ? 0 : std::max<size_t>(1, all * number / 100);
}

void read_pace(fields& in, play& to, const playbook_setting& with,
               problems& out) {
  if (!read_word(in, "strategy", strategies, with, to.strategy))
    take_usual_strategy(to, with, out);
  read_word(in, "order", orders, with, to.order);
  read_serial(in, to, with);
}

} // namespace troupe
