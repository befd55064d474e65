#include "actors/report/ansible_writer.hpp"

#include "actors/report/diff_text.hpp"
#include "actors/report/result_text.hpp"
#include "actors/run/item_loop.hpp"
#include "config/language/language.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

std::string_view last_part(std::string_view name) {
  auto dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

bool flag_in(const value& output, std::string_view name) {
  auto* x = output.find(name);
  return x && x->is_bool() && x->as_bool();
}

const list* items_of(const task_result& result) {
  auto* results = result.output.find("results");
  results = results ? results : result.output.find(items_before);
  if (!results || !results->is_list())
    return nullptr;
  for (auto& each : results->as_list())
    if (!each.find("ansible_loop_var"))
      return nullptr;
  return &results->as_list();
}

/// An inclusion of `kind` whose file or role is not there, which a rescue makes
/// good.
bool cannot_load(const task_result& result, std::string_view kind) {
  return result.failed() && result.has_rescue
         && last_part(result.module) == kind
         && (result.error == to_string(errc::not_found)
             || result.error == to_string(errc::invalid_plan));
}

/// Without what is shown elsewhere, sorted by name.
value essence(const value& from, int verbosity, bool top = true) {
  if (!from.is_dict())
    return from;
  std::vector<std::pair<std::string, value>> kept;
  for (auto& [key, x] : from.as_dict()) {
    auto name = to_display(key);
    if (name.starts_with("_ansible") || name == "warnings"
        || name == "deprecations" || name == "exception"
        || name == "false_condition"
        || (top && (name == "failed" || name == "skipped"))
        || (verbosity < 3 && (name == "invocation" || name == "diff")))
      continue;
    kept.emplace_back(std::move(name), x);
  }
  std::sort(kept.begin(), kept.end(),
            [](auto& x, auto& y) { return x.first < y.first; });
  dict out;
  for (auto& [name, x] : kept)
    out.set(name, x.is_dict() ? essence(x, 3, false) : x);
  return value{std::move(out)};
}

/// What is told of an output under `no_log`.
value censored_output(const value& from, bool debug) {
  dict out;
  if (auto* attempts = from.find("attempts"))
    out.set("attempts", *attempts);
  out.set("censored", "the output has been hidden due to the fact that "
                      "'no_log: true' was specified for this result");
  // `debug` says of nothing but what it passed over that it changed nothing.
  if (auto* changed = from.find("changed");
      changed && (!debug || flag_in(from, "skipped")))
    out.set("changed", *changed);
  return value{std::move(out)};
}

/// What `debug` printed, without what every result has.
value printed(const value& from) {
  if (!from.is_dict())
    return from;
  if (auto* msg = from.find("msg"))
    return value{dict{{"msg", *msg}}};
  constexpr std::string_view hidden[]
    = {"changed", "failed", "skipped", "skip_reason", "verbose_override"};
  dict out;
  for (auto& [key, x] : from.as_dict())
    if (std::find(std::begin(hidden), std::end(hidden), key.text_or(""))
        == std::end(hidden))
      out.set(key, x);
  return value{std::move(out)};
}

/// As Python shows the item.
std::string shown_item(const value& of, bool censored) {
  if (censored)
    return "None";
  auto* x = of.find("_ansible_item_label");
  auto* variable = of.find("ansible_loop_var");
  x = x ? x : of.find(variable ? variable->text_or("item") : "item");
  if (!x)
    return {};
  // It went through JSON there, which has no tuples.
  return to_display(x->is_list() ? value{list{x->as_list().items}} : *x);
}

const char* word_for(bool failed, bool skipped, bool changed) {
  return failed ? "failed" : skipped ? "skipping" : changed ? "changed" : "ok";
}

} // namespace

void ansible_writer::on(const run_event& event) {
  std::visit([&](auto& what) { show(what, event); }, event.what);
}

void ansible_writer::print(const std::string& line) {
  tell_included();
  out_->write(line + "\n");
}

void ansible_writer::print_difference(const value& diff) {
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

void ansible_writer::tell_included() {
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

void ansible_writer::warn(const std::string& words) {
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

void ansible_writer::print_failure(const std::string& line) {
  tell_included();
  (how_.failures_aside ? err_ : out_)->write(line + "\n");
}

bool ansible_writer::shows(bool failed, bool skipped, bool changed) const {
  return failed || (skipped ? how_.shows_skipped : changed || how_.shows_ok);
}

void ansible_writer::banner(const std::string& words) {
  auto line = terminal_line(words);
  auto used = columns_of(line);
  auto stars = used + 3 < how_.columns ? how_.columns - used : 3;
  print("\n" + line + " " + std::string(stars, '*'));
}

void ansible_writer::show(const run_started& what, const run_event&) {
  if (how_.verbosity > 0)
    print(how_.settings_file.empty()
            ? "No config file found; using defaults"
            : fmt::format("Using {} as config file",
                          terminal_line(how_.settings_file)));
  if (how_.verbosity > 1) {
    auto name = std::string_view{what.plan};
    banner(fmt::format("PLAYBOOK: {}", name.substr(name.rfind('/') + 1)));
    print(fmt::format("{} plays in {}", how_.plays, terminal_line(what.plan)));
  }
  if (how_.check_mode && how_.marks_checks)
    banner("DRY RUN");
}

void ansible_writer::show(const play_started& what, const run_event&) {
  checked_.clear();
  banner(
    fmt::format("PLAY [{}]{}", what.play,
                what.check_mode && how_.marks_checks ? " [CHECK MODE]" : ""));
  auto number = plays_++;
  free_ = what.free;
  if (what.nobody || (number < how_.elsewhere.size() && how_.elsewhere[number]))
    print(how_.colours.cyan("skipping: no hosts matched"));
  headed_.clear();
}

void ansible_writer::head(const std::string& id, const std::string& name,
                          bool handler) {
  if (headed_ == id)
    return;
  headed_ = id;
  banner(fmt::format("{} [{}]{}", handler ? "RUNNING HANDLER" : "TASK", name,
                     checked_.contains(id) ? " [CHECK MODE]" : ""));
}

void ansible_writer::show(const task_started& what, const run_event&) {
  if (what.check_mode && how_.marks_checks)
    checked_.insert(what.task);
  // Ansible says it once for each host.
  if (what.module == "meta" && !what.handler)
    headed_.clear();
  // What nobody wrote has no name. Where not all is told, the heading waits for
  // what is.
  if (!what.name.empty() && !free_ && how_.shows_ok && how_.shows_skipped)
    head(what.task, what.name, what.handler);
}

void ansible_writer::show(const task_retry& what, const run_event& event) {
  head(what.task, what.name, what.handler);
  print(how_.colours.yellow(
    fmt::format("FAILED - RETRYING: [{}]: {} ({} retries left).", event.host,
                terminal_line(what.name), what.left)));
}

void ansible_writer::show(const tasks_included& what, const run_event& event) {
  if (what.from.find('/') == std::string::npos)
    return;
  ++counts_[event.host].ok;
  // Where not all is told the heading has waited for this.
  bool waits = !how_.shows_ok || !how_.shows_skipped;
  if (free_ || (waits && included_.task != what.task))
    head(what.task, what.name, what.handler);
  bool same
    = included_.task == what.task && included_.from == what.from
      && included_.item == what.item
      && std::find(included_for_.begin(), included_for_.end(), event.host)
           == included_for_.end();
  if (!same)
    tell_included();
  included_for_.push_back(event.host);
  included_ = what;
}

void ansible_writer::count(const task_result& result, const std::string& host) {
  auto& all = counts_[host];
  auto module = last_part(result.module);
  if (result.status == task_status::skipped) {
    ++all.skipped;
  } else if (result.unreachable && !result.ignored) {
    ++all.unreachable;
  } else if (cannot_load(result, "include_tasks")) {
    // As there: that a rescue makes it good is not seen.
    auto* items = items_of(result);
    all.failed += !items ? 1
                         : static_cast<uint64_t>(std::count_if(
                           items->begin(), items->end(),
                           [](auto& each) { return flag_in(each, "failed"); }));
  } else if (result.failed()) {
    if (result.ignored) {
      ++all.ok;
      ++all.ignored;
      all.changed += flag_in(result.output, "changed") ? 1 : 0;
    } else if (result.has_rescue) {
      ++all.rescued;
    } else {
      ++all.failed;
    }
  } else if (module != "include_role" && module != "include_tasks") {
    ++all.ok;
    all.changed += result.changed ? 1 : 0;
  }
}

void ansible_writer::show(const task_ended& what, const run_event& event) {
  auto& result = *what.result;
  auto module = last_part(result.module);
  bool left_out = result.why_skipped == skip_reason::tags
                  || result.why_skipped == skip_reason::not_needed
                  || result.why_skipped == skip_reason::play_ended
                  || result.why_skipped == skip_reason::dependency
                  || result.why_skipped == skip_reason::elsewhere
                  || result.status == task_status::cancelled;
  if (what.restored || left_out)
    return;
  if (module == "meta" && !result.failed()) {
    bool skipped = result.status == task_status::skipped;
    auto* words = result.output.find(skipped ? "skip_reason" : "msg");
    if (result.name.empty())
      return;
    if (skipped) {
      headed_.clear();
      head(result.id, result.name, result.handler);
    }
    if (how_.verbosity > 1 && words)
      print("META: " + terminal_line(words->text_or("")));
    if (skipped)
      show_one(result, event.host);
    return;
  }
  // As there: of a role no result is told, and none is counted.
  if (cannot_load(result, "include_role")) {
    err_->write(how_.colours.red("ERROR! " + terminal_line(result.msg)) + "\n");
    return;
  }
  count(result, event.host);
  for (auto& each : result.warnings)
    warn(each);
  // What an inclusion came to its tasks have shown.
  bool includes = module == "include_tasks" || module == "include_role";
  if (includes && !result.failed() && result.status != task_status::skipped)
    return;
  auto host = event.host;
  if (!result.delegated_to.empty())
    host += " -> " + result.delegated_to;
  bool items = items_of(result);
  bool skipped = result.status == task_status::skipped;
  // Of items that were all skipped, or of none, one line is told.
  if (items ? shows_some(result) || (skipped && how_.shows_skipped)
            : shows(result.failed(), skipped, result.changed))
    head(result.id, result.name, result.handler);
  show_jobs(result, event.host);
  if (items)
    show_items(result, host);
  if (!items || result.censored || result.output.find(items_before))
    show_one(result, host);
  if (result.ignored)
    print(how_.colours.cyan("...ignoring"));
}

bool ansible_writer::tells_all(const task_result& result,
                               const value& output) const {
  if (how_.verbosity > 0)
    return true;
  return !result.censored
         && (last_part(result.module) == "debug"
             || flag_in(output, "_ansible_verbose_always"));
}

std::string ansible_writer::dump(const value& output, bool indented) const {
  return ansible_words(essence(output, how_.verbosity), indented, how_.form);
}

void ansible_writer::show_task_path(const task_result& result) {
  if (!how_.task_paths || how_.verbosity > 1 || !result.place.file)
    return;
  auto& file = *result.place.file;
  print(how_.colours.dim(fmt::format(
    "task path: {}{}:{}", file.starts_with("/") ? "" : how_.folder + "/",
    terminal_line(file), result.place.at.line)));
}

void ansible_writer::show_jobs(const task_result& result,
                               const std::string& host) {
  if (last_part(result.module) == "async_status" || result.censored)
    return;
  auto show_job = [&](const value& each) {
    auto* id = each.find("ansible_job_id");
    auto* finished = each.find("finished");
    bool failed = flag_in(each, "failed");
    bool ended = finished && finished->is_integer() && finished->as_int() != 0;
    // One that is left to run is not waited for.
    if (id && (ended || failed))
      print(how_.colours.dim(fmt::format("ASYNC {} on {}: jid={}",
                                         failed ? "FAILED" : "OK", host,
                                         terminal_line(id->text_or("")))));
  };
  if (auto* items = items_of(result))
    for (auto& each : *items)
      show_job(each);
  else
    show_job(result.output);
}

std::string ansible_writer::paint(const task_result& result,
                                  const std::string& text) const {
  if (result.failed())
    return how_.colours.red(text);
  if (result.status == task_status::skipped)
    return how_.colours.cyan(text);
  return result.changed ? how_.colours.yellow(text) : how_.colours.green(text);
}

bool ansible_writer::shows_some(const task_result& result) const {
  auto& items = *items_of(result);
  return std::any_of(items.begin(), items.end(), [&](auto& each) {
    return shows(flag_in(each, "failed"), flag_in(each, "skipped"),
                 flag_in(each, "changed"));
  });
}

void ansible_writer::show_items(const task_result& result,
                                const std::string& host) {
  auto module = last_part(result.module);
  bool any = false;
  for (auto& each : *items_of(result)) {
    bool failed = flag_in(each, "failed");
    bool skipped = flag_in(each, "skipped");
    any = any || !skipped;
    if (!shows(failed, skipped, flag_in(each, "changed")))
      continue;
    auto label = terminal_line(shown_item(each, result.censored));
    if (auto* diff = each.find("diff"); (how_.diff || result.diff_asked) && diff
                                        && !result.censored
                                        && flag_in(each, "changed"))
      print_difference(*diff);
    auto line = fmt::format("{}: [{}] {}(item={})",
                            word_for(failed, skipped, flag_in(each, "changed")),
                            host, failed ? "" : "=> ", label);
    if (failed && cannot_load(result, "include_tasks"))
      line = fmt::format("fatal: [{}]: FAILED!", host);
    bool debug = module == "debug";
    auto shown = [&] {
      if (result.censored)
        return " => " + dump(censored_output(each, debug), false);
      return " => "
             + dump(debug ? printed(each) : each,
                    (debug && !skipped) || module == "assert");
    };
    if (skipped)
      line += how_.verbosity > 0 ? " " + shown() : " ";
    else if (failed || tells_all(result, each))
      line += shown();
    failed ? print_failure(paint(result, line)) : print(paint(result, line));
  }
  if (result.censored || result.output.find(items_before))
    return;
  if (result.failed() && module == "debug") {
    show_task_path(result);
    print_failure(how_.colours.red(fmt::format(
      "fatal: [{}]: FAILED! => {}", host,
      dump(value{dict{{"msg", "One or more items failed"}}}, false))));
  }
  if (any || result.status != task_status::skipped || !how_.shows_skipped)
    return;
  auto line = fmt::format("skipping: [{}]", host);
  if (how_.verbosity > 0) {
    dict why;
    if (module != "debug")
      why.set("changed", false);
    if (items_of(result)->empty())
      why.set("skipped_reason", "No items in the list");
    else
      why.set("msg", "All items skipped");
    line += " => " + dump(value{std::move(why)}, false);
  }
  print(how_.colours.cyan(line));
}

void ansible_writer::show_one(const task_result& result,
                              const std::string& host) {
  auto module = last_part(result.module);
  bool debug = module == "debug";
  auto output
    = result.censored ? censored_output(result.output, debug) : result.output;
  if ((how_.diff || result.diff_asked) && result.changed
      && !result.diff.is_null() && !result.censored)
    print_difference(result.diff);
  if (result.failed()) {
    auto shown = output;
    if (!result.unreachable)
      show_task_path(result);
    if (shown.is_null())
      shown = value{dict{{"changed", false}, {"msg", result.msg}}};
    // What the engine found wrong is in no output of a module.
    else if (shown.is_dict() && !shown.find("msg") && !result.msg.empty()
             && !result.censored)
      shown.as_dict().set("msg", result.msg);
    return print_failure(how_.colours.red(
      fmt::format("fatal: [{}]: {}! => {}", host,
                  result.unreachable ? "UNREACHABLE" : "FAILED",
                  dump(shown, module == "assert" && !result.censored))));
  }
  bool skipped = result.status == task_status::skipped;
  if (!shows(false, skipped, result.changed))
    return;
  auto line
    = fmt::format("{}: [{}]", word_for(false, skipped, result.changed), host);
  if (skipped ? how_.verbosity > 0 : tells_all(result, output))
    line += " => "
            + dump(debug && !result.censored ? printed(output) : output,
                   ((debug && !skipped) || module == "assert")
                     && !result.censored);
  print(paint(result, line));
}

void ansible_writer::show(const run_trouble& what, const run_event&) {
  warn(what.message);
}

void ansible_writer::show(const hosts_exhausted&, const run_event&) {
  banner("NO MORE HOSTS LEFT");
}

void ansible_writer::show(const run_ended&, const run_event&) {
  banner("PLAY RECAP");
  for (auto& [host, c] : counts_)
    print(fmt::format("{:<26} : ok={:<4} changed={:<4} unreachable={:<4} "
                      "failed={:<4} skipped={:<4} rescued={:<4} ignored={:<4}",
                      terminal_line(host), c.ok, c.changed, c.unreachable,
                      c.failed, c.skipped, c.rescued, c.ignored));
  print("");
  if (how_.check_mode && how_.marks_checks)
    banner("DRY RUN");
}

} // namespace troupe
