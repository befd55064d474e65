#include "actors/report/text_writer.hpp"

#include "actors/report/ansible_words.hpp"
#include "actors/report/recap.hpp"
#include "config/value/duration.hpp"
#include "config/value/line_breaks.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

std::string item_words(const std::string& item) {
  return item.empty() ? std::string{}
                      : fmt::format(" (item={})", terminal_line(item));
}

} // namespace

text_writer::text_writer(std::shared_ptr<output> to, options how)
    : to_{std::move(to)}, how_{how} {
}

void text_writer::print(const std::string& line) {
  to_->write(line + "\n");
}

void text_writer::heading(const std::string& words) {
  if (how_.brief)
    return;
  auto line = terminal_line(words) + " ";
  auto width = std::min<size_t>(how_.columns, 79);
  auto used = columns_of(line);
  if (used + 3 < width)
    line.append(width - used, '*');
  else if (used + 3 <= how_.columns)
    line += "***";
  else
    line = in_columns(terminal_line(words), how_.columns);
  print("\n" + colours().bold(line));
}

void text_writer::on(const run_event& event) {
  std::visit([&](auto& what) { show(what, event); }, event.what);
}

void text_writer::show(const run_started&, const run_event&) {
  if (how_.settings_file && how_.result.verbosity > 0)
    print(words_for_settings(*how_.settings_file));
  if (how_.dry)
    print(colours().magenta("DRY RUN: nothing will be changed"));
}

void text_writer::show(const play_started& what, const run_event&) {
  heading(fmt::format("PLAY [{}]", what.play));
  if (what.nobody)
    print(colours().cyan("skipping: no hosts matched"));
  headed_.clear();
  played_ = true;
  exhausted_ = false;
}

void text_writer::task_header(const std::string& id, const std::string& name,
                              bool handler) {
  // What is included for each host has one id, and other tasks for each.
  auto head = id + "\n" + name;
  if (headed_ == head)
    return;
  headed_ = std::move(head);
  heading(fmt::format("{} [{}]", handler ? "RUNNING HANDLER" : "TASK", name));
}

void text_writer::show(const task_started& what, const run_event&) {
  // Nobody wrote it.
  if (what.name.empty())
    return;
  // Of several at once, each result has its heading above it instead.
  if (running_.empty())
    task_header(what.task, what.name, what.handler);
  running_.insert(what.task);
}

void text_writer::show(const tasks_included& what, const run_event& event) {
  if (how_.brief)
    return;
  task_header(what.task, what.name, what.handler);
  print(colours().cyan(
    fmt::format("included: {} for {}{}", terminal_line(what.from),
                terminal_line(event.host), item_words(what.item))));
  included_.insert({event.host, what.task});
}

void text_writer::show(const hosts_exhausted& what, const run_event&) {
  // As Ansible's view has it, it is told twice when a limit is passed.
  if (!how_.brief && !std::exchange(exhausted_, true))
    to_->write("\n" + describe_exhausted(what, colours()));
}

void text_writer::show(const task_retry& what, const run_event& event) {
  task_header(what.task, what.name, what.handler);
  print(colours().yellow(fmt::format(
    "FAILED - RETRYING: [{}]: {}{} ({} retries left){}.",
    terminal_line(event.host), terminal_line(what.own_name),
    item_words(what.item), what.left,
    what.delay.count() > 0 ? ", in " + format_duration(what.delay) : "")));
}

void text_writer::show(const items_ended& what, const run_event& event) {
  auto& result = *what.result;
  auto lines = describe_ended_items(result, event.host, how_.result);
  auto& shown = shown_items_[{event.host, result.id}];
  if (what.first == 0)
    shown = 0;
  // Behind some that were left out they wait for the end of their task.
  if (lines.empty() || what.first != shown)
    return;
  task_header(result.id, result.name, result.handler);
  to_->write(lines);
  shown += result.output.find("results")->as_list().size();
}

void text_writer::show(const task_ended& what, const run_event& event) {
  // What ended in an earlier process was shown there; the recap counts it.
  if (what.restored)
    return;
  auto& result = *what.result;
  if (result.name.empty() && !result.failed())
    return;
  auto items = shown_items_.extract({event.host, result.id});
  auto shown = items ? items.mapped() : 0;
  summary_.add(result, event.host);
  running_.erase(result.id);
  if (how_.profile > 0)
    remember(result, event.host);
  if (how_.result.verbosity < least_verbosity(result))
    return;
  bool included = included_.erase({event.host, result.id}) > 0;
  if (included && result.status == task_status::success)
    return;
  task_header(result.id, result.name, result.handler);
  to_->write(describe_result(result, event.host, how_.result, shown));
  to_->write(describe_remarks(result, colours()));
  if (result.has_rescue)
    rescuing_.insert({event.host, result.id});
}

void text_writer::show(const task_rescued& what, const run_event& event) {
  // Of what failed in an earlier process nothing was shown here.
  if (rescuing_.erase({event.host, what.task}) > 0)
    to_->write(describe_rescue(what, event.host, colours()));
}

void text_writer::remember(const task_result& result, const std::string& host) {
  slowest_.push_back({result.duration, result.name, result.play, host});
  auto slower = [](auto& x, auto& y) { return x.took > y.took; };
  std::push_heap(slowest_.begin(), slowest_.end(), slower);
  if (slowest_.size() <= how_.profile)
    return;
  std::pop_heap(slowest_.begin(), slowest_.end(), slower);
  slowest_.pop_back();
}

void text_writer::show_slowest() {
  std::sort(slowest_.begin(), slowest_.end(),
            [](auto& x, auto& y) { return x.took > y.took; });
  heading("SLOWEST TASKS");
  for (auto& each : slowest_) {
    // Of one name they are told apart by what is not the same.
    bool plays = false;
    bool hosts = false;
    for (auto& other : slowest_) {
      plays = plays || (other.name == each.name && other.play != each.play);
      hosts = hosts || (other.name == each.name && other.host != each.host);
    }
    auto line = terminal_line(each.name);
    if (plays)
      line += fmt::format(" ({})", terminal_line(each.play));
    if (hosts)
      line += fmt::format(" [{}]", terminal_line(each.host));
    print(fmt::format("{:>10}  {}", format_duration(each.took), line));
  }
}

void text_writer::show(const run_trouble& what, const run_event&) {
  // It belongs to no task, and would be read as the last line of one.
  to_->write("\n");
  print(colours().magenta(terminal_words(what.message)));
}

void text_writer::show(const run_ended& what, const run_event& event) {
  if (!slowest_.empty())
    show_slowest();
  if (!how_.brief) {
    heading(played_ ? "PLAY RECAP" : "RECAP");
    to_->write(describe_recap(what, event, colours(), how_.recap_columns));
    auto words = terminal_words(what.message) + " ";
    auto time = format_duration(what.duration);
    auto lines = in_columns(words + time, how_.columns);
    print("\n" + (lines == words + time ? words + colours().dim(time) : lines));
  }
  if (!how_.dry)
    return;
  if (auto lines = summary_.lines(colours(), how_.columns); !lines.empty())
    to_->write("\n" + lines);
  auto words
    = fmt::format("DRY RUN: nothing was changed; {}.", summary_.sentence());
  print("\n" + colours().magenta(in_columns(words, how_.columns)));
}

} // namespace troupe
