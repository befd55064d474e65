#include "actors/report/live_writer.hpp"

#include "actors/report/text_writer.hpp"
#include "config/value/duration.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t running_lines = 6;

/// `text` cut to `width` columns; one byte counts as one column at least.
std::string fitted(const std::string& text, size_t width) {
  std::string out;
  size_t columns = 0;
  for (size_t i = 0; i < text.size() && columns + 1 < width; ++columns) {
    auto n = std::max<size_t>(1, utf8_length_at(text, i));
    out += text.substr(i, n);
    i += n;
  }
  return out;
}

} // namespace

live_writer::live_writer(std::shared_ptr<output> to, bool coloured,
                         int verbosity, std::chrono::milliseconds interval)
    : to_{std::move(to)}, colours_{coloured}, verbosity_{verbosity},
      interval_{std::max(interval, std::chrono::milliseconds{50})} {
}

std::chrono::milliseconds live_writer::interval() const {
  return interval_;
}

void live_writer::on(const run_event& event) {
  counts_ = event.counts.total > 0 ? event.counts : counts_;
  std::visit([&](auto& what) { show(what, event); }, event.what);
}

void live_writer::show(const play_started& what, const run_event&) {
  pending_
    += colours_.bold(fmt::format("PLAY [{}]", terminal_safe(what.play))) + "\n";
}

void live_writer::show(const task_started& what, const run_event&) {
  running_[what.task] = {terminal_safe(what.name), clock::now(), 1};
}

void live_writer::show(const task_retry& what, const run_event&) {
  if (auto at = running_.find(what.task); at != running_.end())
    at->second.attempt = what.attempt;
}

void live_writer::show(const run_trouble& what, const run_event&) {
  pending_ += colours_.magenta(terminal_safe(what.message)) + "\n";
}

void live_writer::show(const run_ended& what, const run_event&) {
  draw(false);
  to_->write(terminal_safe(what.message) + " "
             + colours_.dim(format_duration(what.duration)) + "\n");
}

void live_writer::show(const task_ended& what, const run_event& event) {
  // What ended in an earlier process was shown there; the recap counts it.
  if (what.restored)
    return;
  auto& result = *what.result;
  running_.erase(result.id);
  bool worth_a_line = result.changed || result.failed() || verbosity_ > 0
                      || result.cut_off()
                      || result.why_skipped == skip_reason::dependency
                      || result.module == "debug";
  if (!worth_a_line)
    return;
  pending_ += fmt::format("{}: ", terminal_safe(result.name))
              + describe_result(result, event.host, colours_, verbosity_)
              + "\n";
}

std::string live_writer::bar(size_t width) const {
  auto total = std::max<uint64_t>(1, counts_.total);
  auto full
    = static_cast<size_t>(width * std::min(counts_.ended(), total) / total);
  return "[" + std::string(full, '=') + std::string(width - full, ' ') + "]";
}

std::vector<std::string> live_writer::status_lines() const {
  std::vector<std::string> lines;
  auto columns = to_->terminal_size().columns;
  auto now = clock::now();
  for (auto& [id, each] : running_) {
    if (lines.size() == running_lines) {
      lines.push_back(
        fmt::format("  ... and {} more", running_.size() - running_lines));
      break;
    }
    auto line
      = fmt::format("  {} {}", format_duration(now - each.since), each.name);
    if (each.attempt > 1)
      line += fmt::format(" (attempt {})", each.attempt);
    lines.push_back(fitted(line, columns));
  }
  auto elapsed = std::chrono::duration<double>{now - begun_}.count();
  auto rate = elapsed > 0 ? static_cast<double>(counts_.ended()) / elapsed : 0;
  auto failed = counts_.failed + counts_.timeout;
  lines.push_back(
    fitted(fmt::format("{} {}/{}  {:.0f}/s  changed {}  failed {}  skipped {}",
                       bar(24), counts_.ended(), counts_.total, rate,
                       counts_.changed, failed, counts_.skipped),
           columns));
  return lines;
}

void live_writer::draw(bool with_status) {
  std::string out;
  // Back to the first status line, and clear what was drawn before.
  if (drawn_ > 0)
    out += fmt::format("\x1b[{}F\x1b[J", drawn_);
  out += pending_;
  pending_.clear();
  drawn_ = 0;
  if (with_status)
    for (auto& line : status_lines()) {
      out += line + "\n";
      ++drawn_;
    }
  to_->write(out);
}

void live_writer::refresh() {
  draw(true);
}

void live_writer::finish() {
  draw(false);
}

} // namespace troupe
