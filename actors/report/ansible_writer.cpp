#include "actors/report/ansible_writer.hpp"

#include "actors/report/ansible_results.hpp"
#include "actors/run/item_loop.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace troupe {

void ansible_writer::on(const run_event& event) {
  std::visit([&](auto& what) { show(what, event); }, event.what);
}

// -- events -------------------------------------------------------------------

void ansible_writer::show(const run_started& what, const run_event&) {
  auto& how = page_.how();
  if (how.verbosity > 0)
    page_.print(words_for_settings(how.settings_file));
  if (how.verbosity > 1) {
    auto name = std::string_view{what.plan};
    page_.banner(fmt::format("PLAYBOOK: {}", name.substr(name.rfind('/') + 1)));
    page_.print(
      fmt::format("{} plays in {}", how.plays, terminal_line(what.plan)));
  }
  if (how.check_mode && how.marks_checks)
    page_.banner("DRY RUN");
}

void ansible_writer::show(const play_started& what, const run_event&) {
  auto& how = page_.how();
  checked_.clear();
  page_.banner(
    fmt::format("PLAY [{}]{}", what.play,
                what.check_mode && how.marks_checks ? " [CHECK MODE]" : ""));
  auto number = plays_++;
  free_ = what.free;
  if (what.nobody || (number < how.elsewhere.size() && how.elsewhere[number]))
    page_.print(cyan("skipping: no hosts matched"));
  headed_.clear();
}

void ansible_writer::show(const task_started& what, const run_event&) {
  if (what.check_mode && page_.how().marks_checks)
    checked_.insert(what.task);
  // Ansible says it once for each host.
  if (what.module == "meta" && !what.handler)
    headed_.clear();
  // What nobody wrote has no name. Where not all is told, the heading waits for
  // what is.
  if (!what.name.empty() && !free_ && page_.shows_every_end())
    head(what.task, what.name, what.handler);
}

void ansible_writer::show(const task_retry& what, const run_event& event) {
  head(what.task, what.name, what.handler);
  page_.print(page_.how().colours.yellow(
    fmt::format("FAILED - RETRYING: [{}]: {} ({} retries left).", event.host,
                terminal_line(what.own_name), what.left)));
}

void ansible_writer::show(const tasks_included& what, const run_event& event) {
  // As there: of a role nothing is told but its tasks.
  if (what.of_role)
    return;
  recap_.included(event.host);
  // Where not all is told the heading has waited for this.
  if (free_ || (!page_.shows_every_end() && !page_.included_last(what.task)))
    head(what.task, what.name, what.handler);
  page_.add_inclusion(what, event.host);
}

void ansible_writer::show(const items_ended& what, const run_event& event) {
  auto& result = *what.result;
  auto* items = items_of(result);
  auto& told = told_items_[{event.host, result.id}];
  if (what.first == 0)
    told = 0;
  // Behind some that were left out they wait for the end of their task.
  if (!items || what.first != told)
    return;
  if (shows_some(result))
    head(result.id, result.name, result.handler);
  show_items_alone(result, event.host, 0);
  told += items->size();
}

void ansible_writer::show(const task_ended& what, const run_event& event) {
  auto& result = *what.result;
  auto items = told_items_.extract({event.host, result.id});
  if (what.restored || ends_untold(result))
    return;
  if (module_of(result) == "meta" && !result.failed())
    return show_meta(result, event.host);
  // As there: of a role no result is told, and none is counted.
  if (cannot_load(result, "include_role"))
    return page_.print_error(result.msg);
  recap_.count(result, event.host);
  stats_.take(result, event.host);
  for (auto& each : result.warnings)
    page_.warn(each);
  // What an inclusion came to its tasks have shown.
  if (is_inclusion(result) && !result.failed()
      && result.status != task_status::skipped)
    return;
  show_result(result, event.host, items ? items.mapped() : 0);
}

void ansible_writer::show(const hosts_exhausted&, const run_event&) {
  page_.banner("NO MORE HOSTS LEFT");
}

void ansible_writer::show(const run_trouble& what, const run_event&) {
  page_.warn(what.message);
}

void ansible_writer::show(const run_ended&, const run_event&) {
  page_.banner("PLAY RECAP");
  for (auto& line : recap_.lines())
    page_.print(line);
  page_.print("");
  auto stats = stats_.lines();
  if (page_.how().shows_stats && !stats.empty()) {
    page_.banner("CUSTOM STATS:");
    for (auto& line : stats)
      page_.print("\t" + terminal_line(line));
    page_.print("");
  }
  if (page_.how().check_mode && page_.how().marks_checks)
    page_.banner("DRY RUN");
}

// -- results ------------------------------------------------------------------

void ansible_writer::head(const std::string& id, const std::string& name,
                          bool handler) {
  if (headed_ == id)
    return;
  headed_ = id;
  page_.banner(fmt::format("{} [{}]{}", handler ? "RUNNING HANDLER" : "TASK",
                           name, checked_.contains(id) ? " [CHECK MODE]" : ""));
}

void ansible_writer::show_meta(const task_result& result,
                               const std::string& host) {
  if (result.name.empty())
    return;
  bool skipped = result.status == task_status::skipped;
  auto* words = result.output.find(skipped ? "skip_reason" : "msg");
  if (skipped) {
    headed_.clear();
    head(result.id, result.name, result.handler);
  }
  if (page_.how().verbosity > 1 && words)
    page_.print("META: " + terminal_line(words->text_or("")));
  if (skipped)
    show_one(result, host);
}

void ansible_writer::show_result(const task_result& result,
                                 const std::string& host, size_t first) {
  bool items = items_of(result);
  auto ending = ending_of(result);
  // Of items that were all skipped, or of none, one line is told.
  if (items
        ? shows_some(result) || (ending.skipped && page_.how().shows_skipped)
        : page_.shows(ending))
    head(result.id, result.name, result.handler);
  for (auto& line : job_lines(result, host))
    page_.print(page_.how().colours.dim(line));
  if (items)
    show_items(result, host, first);
  if (!items || result.censored || result.unreachable
      || result.output.find(items_before))
    show_one(result, host);
  if (result.ignored)
    page_.print(cyan("...ignoring"));
}

void ansible_writer::show_items_alone(const task_result& result,
                                      const std::string& host, size_t first) {
  auto& items = items_of(result)->items;
  for (auto at = first; at < items.size(); ++at)
    // Of what was passed over nobody knows where it would have been done.
    show_item(result, items[at],
              ending_of(items[at]).skipped
                ? host
                : host_and_delegate(result, host, at));
}

void ansible_writer::show_items(const task_result& result,
                                const std::string& host, size_t first) {
  show_items_alone(result, host, first);
  auto& items = *items_of(result);
  if (result.censored || result.output.find(items_before))
    return;
  auto& how = page_.how();
  if (result.failed() && !result.unreachable && module_of(result) == "debug") {
    show_task_path(result);
    page_.print_failure(how.colours.red(
      fmt::format("fatal: [{}]: FAILED! => {}", host_and_delegate(result, host),
                  page_.words_of(
                    value{dict{{"msg", "One or more items failed"}}}, false))));
  }
  bool idle = std::all_of(items.begin(), items.end(),
                          [](auto& each) { return flag_in(each, "skipped"); });
  if (!idle || result.status != task_status::skipped || !how.shows_skipped)
    return;
  auto line = fmt::format("skipping: [{}]", host);
  if (how.verbosity > 0)
    line += " => " + page_.words_of(idle_output(result), false);
  page_.print(cyan(line));
}

void ansible_writer::show_item(const task_result& result, const value& item,
                               const std::string& host) {
  auto ending = ending_of(item);
  if (!page_.shows(ending))
    return;
  if (auto* diff = item.find("diff");
      diff && ending.changed && tells_difference(result))
    page_.print_difference(*diff);
  auto line = item_heading(result, item, host);
  if (ending.skipped)
    line += " ";
  if (ending.skipped ? page_.how().verbosity > 0
                     : ending.failed || tells_all(result, item))
    line += outcome_words(result, item, ending.skipped);
  line = in_colour_of(result, line, page_.how().colours);
  ending.failed ? page_.print_failure(line) : page_.print(line);
}

void ansible_writer::show_one(const task_result& result,
                              const std::string& host) {
  if (result.changed && !result.diff.is_null() && tells_difference(result))
    page_.print_difference(result.diff);
  if (result.failed())
    return show_failed(result, host_and_delegate(result, host));
  auto ending = ending_of(result);
  if (!page_.shows(ending))
    return;
  auto line
    = fmt::format("{}: [{}]", first_word_of(ending),
                  ending.skipped ? host : host_and_delegate(result, host));
  if (ending.skipped ? page_.how().verbosity > 0
                     : tells_all(result, result.output))
    line += outcome_words(result, result.output, ending.skipped);
  page_.print(in_colour_of(result, line, page_.how().colours));
}

void ansible_writer::show_failed(const task_result& result,
                                 const std::string& host) {
  if (!result.unreachable)
    show_task_path(result);
  bool in_lines = module_of(result) == "assert" && !result.censored;
  page_.print_failure(page_.how().colours.red(
    fmt::format("fatal: [{}]: {}! => {}", host,
                result.unreachable ? "UNREACHABLE" : "FAILED",
                page_.words_of(failed_output(result), in_lines))));
}

void ansible_writer::show_task_path(const task_result& result) {
  auto& how = page_.how();
  if (!how.task_paths || how.verbosity > 1 || !result.place.file)
    return;
  auto& file = *result.place.file;
  page_.print(how.colours.dim(fmt::format(
    "task path: {}{}:{}", file.starts_with("/") ? "" : how.folder + "/",
    terminal_line(file), result.place.at.line)));
}

bool ansible_writer::shows_some(const task_result& result) const {
  auto& items = *items_of(result);
  return std::any_of(items.begin(), items.end(),
                     [&](auto& each) { return page_.shows(ending_of(each)); });
}

bool ansible_writer::tells_all(const task_result& result,
                               const value& output) const {
  if (page_.how().verbosity > 0)
    return true;
  return !result.censored
         && (module_of(result) == "debug"
             || flag_in(output, "_ansible_verbose_always"));
}

bool ansible_writer::tells_difference(const task_result& result) const {
  return (page_.how().diff || result.diff_asked) && !result.censored;
}

std::string ansible_writer::outcome_words(const task_result& result,
                                          const value& output,
                                          bool skipped) const {
  return " => "
         + page_.words_of(told_output(result, output),
                          told_in_lines(result, skipped));
}

std::string ansible_writer::cyan(const std::string& text) const {
  return page_.how().colours.cyan(text);
}

} // namespace troupe
