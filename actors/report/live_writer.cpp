#include "actors/report/live_writer.hpp"

#include "actors/report/recap.hpp"
#include "config/value/duration.hpp"
#include "config/value/line_breaks.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <thread>
#include <utility>

namespace troupe {

namespace {

constexpr size_t most_running_lines = 6;
// Of the task that is looked at.
constexpr size_t most_lines_looked_at = 12;

/// How long the rest takes if it takes as long as what has ended; empty as long
/// as that says little.
std::string estimate(const run_counts& counts, double elapsed) {
  constexpr uint64_t enough = 5;
  constexpr double settled = 3;
  auto ended = counts.ended();
  if (ended < enough || elapsed < settled || ended >= counts.total)
    return {};
  auto left = elapsed * static_cast<double>(counts.total - ended)
              / static_cast<double>(ended);
  return fmt::format("  about {} left", format_duration(std::chrono::seconds{
                                          static_cast<int64_t>(left) + 1}));
}

/// The parts for which there is room, in the order in which they stand; those
/// of the lowest rank first, and none of them in part.
struct bar_part {
  unsigned rank;
  std::string text;
};

std::string whole_parts(const std::vector<bar_part>& parts, size_t room) {
  std::vector<size_t> order(parts.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto x, auto y) {
    return parts[x].rank < parts[y].rank;
  });
  std::vector<bool> shown(parts.size());
  for (auto at : order) {
    auto width = columns_of(parts[at].text);
    shown[at] = width <= room;
    room -= shown[at] ? width : 0;
  }
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i)
    out += shown[i] ? parts[i].text : std::string{};
  return out;
}

/// A line and what was printed last behind it, which keeps a third of the
/// columns when both do not fit.
std::string with_last_line(const std::string& line, const std::string& last,
                           size_t columns) {
  auto most
    = columns - std::min(columns, std::min(columns_of(last) + 2, columns / 3));
  if (columns_of(line) <= most)
    return line + ": " + last;
  constexpr std::string_view cut = "...";
  return std::string{fitting(line, most - std::min(most, cut.size()))}
         + std::string{cut} + ": " + last;
}

} // namespace

live_writer::live_writer(std::shared_ptr<output> to, result_style how,
                         std::chrono::milliseconds interval, bool dry,
                         std::shared_ptr<output_board> board,
                         std::unique_ptr<key_source> keys)
    : to_{std::move(to)}, how_{how}, interval_{std::max(
                                       interval,
                                       std::chrono::milliseconds{50})},
      dry_{dry}, board_{std::move(board)}, keys_{std::move(keys)} {
}

std::chrono::milliseconds live_writer::interval() const {
  return interval_;
}

void live_writer::on(const run_event& event) {
  if (event.counts.total > 0)
    seen_.counts = event.counts;
  std::visit([&](auto& what) { show(what, event); }, event.what);
}

void live_writer::show(const run_started&, const run_event&) {
  if (dry_)
    pending_ += how_.colours.magenta("DRY RUN: nothing will be changed") + "\n";
}

void live_writer::show(const play_started& what, const run_event&) {
  seen_.headed.clear();
  seen_.exhausted = false;
  pending_
    += how_.colours.bold(fmt::format("PLAY [{}]", terminal_line(what.play)))
       + "\n";
  if (what.nobody)
    pending_ += how_.colours.cyan("skipping: no hosts matched") + "\n";
}

void live_writer::show(const task_started& what, const run_event& event) {
  if (seen_.first_host.empty())
    seen_.first_host = event.host;
  seen_.many_hosts = seen_.many_hosts || event.host != seen_.first_host;
  running_[{event.host, what.task}]
    = {terminal_line(what.name), clock::now(), 1};
}

void live_writer::show(const task_retry& what, const run_event& event) {
  if (auto at = running_.find({event.host, what.task}); at != running_.end())
    at->second.attempt = what.attempt;
}

void live_writer::show(const hosts_exhausted& what, const run_event&) {
  if (!std::exchange(seen_.exhausted, true))
    pending_ += describe_exhausted(what, how_.colours);
}

void live_writer::show(const run_trouble& what, const run_event&) {
  pending_ += how_.colours.magenta(terminal_words(what.message)) + "\n";
}

void live_writer::show(const run_ended& what, const run_event& event) {
  auto columns = to_->terminal_size().columns;
  auto most = to_->is_terminal() ? columns : any_columns;
  auto words = terminal_words(what.message) + " ";
  auto time = format_duration(what.duration);
  auto lines = in_columns(words + time, most);
  pending_ += describe_recap(what, event, how_.colours, columns)
              + (lines == words + time ? words + how_.colours.dim(time) : lines)
              + "\n";
  if (dry_) {
    auto said
      = fmt::format("DRY RUN: nothing was changed; {}.", summary_.sentence());
    pending_ += summary_.lines(how_.colours, most)
                + how_.colours.magenta(in_columns(said, most)) + "\n";
  }
  draw(false);
}

void live_writer::show(const task_ended& what, const run_event& event) {
  // What ended in an earlier process was shown there; the recap counts it.
  if (what.restored)
    return;
  auto& result = *what.result;
  summary_.add(result, event.host);
  running_task ended{event.host, result.id};
  running_.erase(ended);
  if (board_)
    board_->forget(ended);
  if (looked_at_ == ended)
    looked_at_ = {};
  bool worth_a_line
    = result.changed || result.failed() || result.cut_off()
      || how_.verbosity > 0 || !result.warnings.empty()
      || result.why_skipped == skip_reason::dependency
      || (result.module == "debug" && result.status != task_status::skipped);
  if (!worth_a_line || how_.verbosity < least_verbosity(result))
    return;
  pending_ += heading_of(result) + describe_result(result, event.host, how_)
              + describe_remarks(result, how_.colours);
  if (result.has_rescue)
    rescuing_.insert(std::move(ended));
}

std::string live_writer::heading_of(const task_result& result) {
  if (std::exchange(seen_.headed, result.id) == result.id)
    return {};
  return how_.colours.bold(terminal_line(result.name)) + "\n";
}

void live_writer::show(const task_rescued& what, const run_event& event) {
  if (rescuing_.erase({event.host, what.task}) > 0)
    pending_ += describe_rescue(what, event.host, how_.colours);
}

std::string live_writer::bar(size_t width) const {
  auto& counts = seen_.counts;
  auto total = std::max<uint64_t>(1, counts.total);
  auto full
    = static_cast<size_t>(width * std::min(counts.ended(), total) / total);
  return "[" + std::string(full, '=') + std::string(width - full, ' ') + "]";
}

std::string live_writer::line_of(
  const std::vector<running_map::const_iterator>& hosts) const {
  auto& [task, oldest] = *hosts.front();
  if (hosts.size() == 1)
    return line_of(task, oldest);
  constexpr size_t most_named = 5;
  auto since = oldest.since;
  std::string names;
  for (auto& each : hosts) {
    since = std::min(since, each->second.since);
    if (&each < &hosts[0] + most_named)
      names += (names.empty() ? "" : ", ") + terminal_line(each->first.host);
  }
  if (hosts.size() > most_named)
    names += fmt::format(" and {} more", hosts.size() - most_named);
  auto line = fmt::format("  {} {} [{}]", format_duration(clock::now() - since),
                          oldest.name, names);
  // Of those that print something the first is heard.
  for (auto& each : hosts)
    if (board_ && each->first != looked_at_)
      for (auto& last : board_->last_lines(each->first, 1))
        return with_last_line(line, terminal_line(last), columns());
  return line;
}

size_t live_writer::columns() const {
  auto all = to_->terminal_size().columns;
  return all > 1 ? all - 1 : 1;
}

std::string live_writer::line_of(const running_task& task,
                                 const running& what) const {
  auto line = fmt::format("  {} {}", format_duration(clock::now() - what.since),
                          what.name);
  if (seen_.many_hosts)
    line += fmt::format(" [{}]", terminal_line(task.host));
  if (what.attempt > 1)
    line += fmt::format(" (attempt {})", what.attempt);
  if (!board_)
    return line;
  if (auto loop = board_->progress_of(task); loop.items > 0)
    line += fmt::format(" {}/{}", loop.ended, loop.items);
  if (task != looked_at_)
    for (auto& last : board_->last_lines(task, 1))
      return with_last_line(line, terminal_line(last), columns());
  return line;
}

std::vector<std::string> live_writer::looked_at_lines(size_t room) const {
  std::vector<std::string> out;
  if (looked_at_.task.empty())
    return out;
  if (seen_.many_hosts && room > 1) {
    out.push_back(fmt::format("  [{}]", terminal_line(looked_at_.host)));
    --room;
  }
  auto named = out.size();
  for (auto& line : board_->last_lines(looked_at_, room))
    out.push_back("    | " + terminal_line(line));
  if (out.size() == named && room > 0)
    out.emplace_back("    | (no whole line yet)");
  return out;
}

void live_writer::look_at_next() {
  auto next = looked_at_.task.empty() ? running_.begin()
                                      : running_.upper_bound(looked_at_);
  looked_at_ = next == running_.end() ? running_task{} : next->first;
}

void live_writer::take_keys() {
  if (!keys_ || !board_)
    return;
  for (auto key : keys_->take())
    if (key == 'o' || key == 'O')
      look_at_next();
}

std::vector<std::string> live_writer::running_lines(size_t room) const {
  // Hosts at the same task are told together.
  std::map<std::string, std::vector<running_map::const_iterator>> tasks;
  std::vector<std::string> order;
  for (auto at = running_.begin(); at != running_.end(); ++at) {
    auto& hosts = tasks[at->first.task];
    if (hosts.empty())
      order.push_back(at->first.task);
    hosts.push_back(at);
  }
  std::vector<std::string> out;
  for (auto& task : order) {
    if (out.size() + 1 >= room && order.size() > room) {
      if (room > 0)
        out.push_back(
          fmt::format("  ... and {} more", order.size() - out.size()));
      break;
    }
    out.push_back(line_of(tasks[task]));
  }
  return out;
}

std::vector<std::string> live_writer::status_lines() const {
  std::vector<std::string> lines;
  auto size = to_->terminal_size();
  auto columns = this->columns();
  auto add = [&](const std::string& line) {
    lines.emplace_back(fitting(line, columns));
  };
  // The bar and a line for what is above it stay free.
  auto room
    = std::min<size_t>(most_running_lines, size.lines > 3 ? size.lines - 3 : 0);
  for (auto& line : running_lines(room))
    add(line);
  auto left = size.lines > lines.size() + 2 ? size.lines - lines.size() - 2 : 0;
  for (auto& line : looked_at_lines(std::min(most_lines_looked_at, left)))
    add(line);
  auto elapsed = std::chrono::duration<double>{clock::now() - begun_}.count();
  auto& counts = seen_.counts;
  auto total = std::max<uint64_t>(1, counts.total);
  auto* hint = keys_ && !running_.empty() ? "  (o: output)" : "";
  auto ended
    = fmt::format("{}% {}/{}", std::min(counts.ended(), total) * 100 / total,
                  counts.ended(), counts.total);
  add(whole_parts(
    {{3, bar(std::clamp<size_t>(columns / 4, 5, 24)) + " "},
     {0, ended},
     {5, estimate(counts, elapsed)},
     {2, fmt::format("  changed {}", counts.changed)},
     {1, fmt::format("  failed {}", counts.failed + counts.timeout)},
     {4, fmt::format("  skipped {}", counts.skipped)},
     {6, hint}},
    columns));
  return lines;
}

std::string live_writer::cleared_status() {
  // Back to the first status line, and what was drawn from there on is gone.
  auto lines = std::exchange(drawn_, 0);
  return lines > 0 ? fmt::format("\x1b[{}F\x1b[J", lines) : std::string{};
}

void live_writer::interject(output& to, std::string_view words) {
  // Somebody may not read what is drawn: a signal waits a moment and no longer.
  // Asked again and again, as the thread sanitizer knows no lock with a bound.
  constexpr std::chrono::milliseconds moment{200};
  constexpr std::chrono::milliseconds step{2};
  std::unique_lock held{drawing_, std::try_to_lock};
  for (auto until = clock::now() + moment; !held && clock::now() < until;) {
    std::this_thread::sleep_for(step);
    static_cast<void>(held.try_lock());
  }
  if (held)
    to_->write(cleared_status());
  to.write(words);
}

void live_writer::draw(bool with_status) {
  std::lock_guard held{drawing_};
  auto out = cleared_status() + pending_;
  pending_.clear();
  if (with_status)
    for (auto& line : status_lines()) {
      out += line + "\n";
      ++drawn_;
    }
  to_->write(out);
}

void live_writer::refresh() {
  take_keys();
  draw(true);
}

void live_writer::finish() {
  draw(false);
  keys_.reset();
}

} // namespace troupe
