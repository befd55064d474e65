#include "actors/report/text_writer.hpp"

#include "config/language/language.hpp"
#include "config/value/duration.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"
#include "modules/support/files/diff.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

text_writer::text_writer(std::shared_ptr<output> to, options how)
    : to_{std::move(to)}, how_{how}, colours_{how.coloured} {
}

void text_writer::print(const std::string& line) {
  to_->write(line + "\n");
}

void text_writer::heading(const std::string& words) {
  auto line = terminal_safe(words) + " ";
  std::replace(line.begin(), line.end(), '\n', ' ');
  auto width = std::min<size_t>(how_.columns, 79);
  if (line.size() + 3 < width)
    line.append(width - line.size(), '*');
  else
    line += "***";
  print("\n" + colours_.bold(line));
}

void text_writer::on(const run_event& event) {
  std::visit([&](auto& what) { show(what, event); }, event.what);
}

void text_writer::show(const play_started& what, const run_event&) {
  heading(fmt::format("PLAY [{}]", what.play));
  headed_.clear();
  played_ = true;
}

void text_writer::task_header(const std::string& id, const std::string& name,
                              bool handler) {
  if (headed_ == id)
    return;
  headed_ = id;
  heading(fmt::format("{} [{}]", handler ? "RUNNING HANDLER" : "TASK", name));
}

void text_writer::show(const task_started& what, const run_event& event) {
  // Among parallel tasks a heading is printed with the result instead.
  if (event.counts.ended() + 1 >= event.counts.total || headed_.empty()
      || how_.verbosity > 0)
    task_header(what.task, what.name, what.handler);
}

void text_writer::show(const task_retry& what, const run_event& event) {
  print(colours_.yellow(fmt::format(
    "RETRYING: [{}]: {} (attempt {}{})", event.host, terminal_safe(what.task),
    what.attempt,
    what.delay.count() > 0 ? " in " + format_duration(what.delay) : "")));
}

void text_writer::show(const task_ended& what, const run_event& event) {
  // What ended in an earlier process was shown there; the recap counts it.
  if (what.restored)
    return;
  auto& result = *what.result;
  bool quiet
    = result.why_skipped == skip_reason::tags
      || (result.status == task_status::cancelled && !result.cut_off());
  if (quiet && how_.verbosity < 2)
    return;
  task_header(result.id, result.name, result.handler);
  if (how_.diff && !result.diff.is_null() && !result.censored)
    to_->write(describe_diff(result.diff, colours_));
  print(describe_result(result, event.host, colours_, how_.verbosity));
  for (auto& each : result.warnings)
    print(colours_.magenta("[WARNING]: " + terminal_safe(each)));
  if (result.ignored)
    print(colours_.cyan("...ignoring"));
}

void text_writer::show(const run_trouble& what, const run_event&) {
  print(colours_.magenta(terminal_safe(what.message)));
}

void text_writer::show(const run_ended& what, const run_event& event) {
  auto& c = event.counts;
  heading(played_ ? "PLAY RECAP" : "RECAP");
  auto failed = c.failed + c.timeout;
  auto host = fmt::format("{:<26}", terminal_safe(event.host));
  auto paint_host = failed > 0      ? colours_.red(host)
                    : c.changed > 0 ? colours_.yellow(host)
                                    : colours_.green(host);
  auto count = [&](const char* name, uint64_t n, auto paint) {
    auto text = fmt::format("{}={:<5}", name, n);
    return n > 0 ? (colours_.*paint)(text) : text;
  };
  auto line = paint_host + ": " + count("ok", c.ok, &palette::green)
              + count("changed", c.changed, &palette::yellow)
              + count("failed", failed, &palette::red)
              + count("skipped", c.skipped, &palette::cyan)
              + count("cancelled", c.cancelled, &palette::magenta)
              + count("rescued", c.rescued, &palette::yellow)
              + fmt::format("ignored={}", c.ignored);
  print(line);
  print("\n" + terminal_safe(what.message) + " "
        + colours_.dim(format_duration(what.duration)));
}

namespace {

const char* word_for(const task_result& result) {
  switch (result.status) {
  case task_status::success:
    return result.changed ? "changed" : "ok";
  case task_status::failed:
    return "failed";
  case task_status::timeout:
    return "timeout";
  case task_status::skipped:
    return "skipping";
  default:
    return to_string(result.status);
  }
}

std::string paint(const task_result& result, const palette& colours,
                  const std::string& text) {
  switch (result.status) {
  case task_status::success:
    return result.changed ? colours.yellow(text) : colours.green(text);
  case task_status::failed:
  case task_status::timeout:
    return colours.red(text);
  case task_status::skipped:
    return colours.cyan(text);
  default:
    return colours.magenta(text);
  }
}

/// JSON escapes what is below the space, but neither DEL nor the controls above
/// ASCII.
std::string shown_json(const value& x, const json_style& style) {
  return terminal_safe(to_json(x, style));
}

/// What a person wants to see of a result without asking for more.
value essentials(const task_result& result, int verbosity) {
  if (!result.output.is_dict())
    return {};
  auto& all = result.output.as_dict();
  dict out;
  bool all_of_it = verbosity > 0;
  bool debug = result.module == "debug" || result.module.ends_with(".debug");
  for (auto& [key, x] : all) {
    auto name = key.text_or("");
    bool noise = name == "invocation" || name == "diff"
                 || name.ends_with("_lines") || name == "warnings"
                 || name == "ansible_facts" || name == "results";
    bool asked = debug || result.failed();
    bool flag = name == "changed" || name == "failed" || name == "skipped";
    if (all_of_it ? !noise : asked && !noise && !flag)
      out.set(key, x);
  }
  return out.empty() ? value{} : value{std::move(out)};
}

std::string item_lines(const task_result& result, const std::string& host,
                       const palette& colours, const list& results,
                       int verbosity) {
  std::string out;
  for (auto& each : results) {
    task_result item = result;
    item.output = each;
    auto flag = [&](const char* name) {
      auto* x = each.find(name);
      return x && x->is_bool() && x->as_bool();
    };
    item.changed = flag("changed");
    item.status = flag("failed")    ? task_status::failed
                  : flag("skipped") ? task_status::skipped
                                    : task_status::success;
    auto* variable = each.find("ansible_loop_var");
    auto* x = each.find("_ansible_item_label");
    if (!x)
      x = each.find(variable ? variable->text_or("item") : "item");
    auto label = !x             ? std::string{}
                 : x->is_text() ? x->as_string()
                                : to_json(*x, {.spaced = true});
    auto line = fmt::format("{}: [{}] => (item={})", word_for(item), host,
                            terminal_safe(label));
    if (item.failed() || verbosity > 0)
      if (auto shown = essentials(item, verbosity); !shown.is_null())
        line += " => " + shown_json(shown, {.spaced = true});
    out += paint(item, colours, line) + "\n";
  }
  if (!out.empty())
    out.pop_back();
  return out;
}

} // namespace

std::string describe_result(const task_result& result, const std::string& host,
                            const palette& colours, int verbosity) {
  if (auto* results = result.output.find("results");
      results && results->is_list() && !result.censored
      && result.status != task_status::cancelled)
    return item_lines(result, host, colours, results->as_list(), verbosity);
  auto word = std::string{word_for(result)};
  bool fatal = result.failed() && !result.ignored;
  auto line = fmt::format("{}: [{}]", fatal ? "fatal" : word, host);
  if (fatal)
    line += result.status == task_status::timeout ? ": TIMEOUT!" : ": FAILED!";
  if (result.censored) {
    line += " => (output hidden by no_log)";
  } else if (result.status == task_status::skipped
             || result.status == task_status::cancelled) {
    if (result.cut_off())
      line += " => (" + terminal_safe(result.msg) + ")";
    else if (!result.reason.empty()
             && (verbosity > 0 || result.why_skipped != skip_reason::condition))
      line += fmt::format(" => ({})", terminal_safe(result.reason));
  } else if (auto shown = essentials(result, verbosity); !shown.is_null()) {
    line += " => "
            + shown_json(
              shown,
              {.indent = shown.as_dict().size() > 1 || verbosity > 1 ? 4 : -1,
               .spaced = true});
  } else if (result.failed()) {
    line += " => " + terminal_safe(result.msg);
  }
  return paint(result, colours, line);
}

namespace {

std::string diff_side(const value& side) {
  if (side.is_text())
    return side.as_string();
  return to_json(side, {.indent = 4, .sort_keys = true}) + "\n";
}

std::string diff_name(const value& diff, const std::string& side) {
  auto* header = diff.find(side + "_header");
  return header ? side + ": " + to_display(*header) : side;
}

} // namespace

std::string describe_diff(const value& diff, const palette& colours) {
  std::string out;
  auto add = [&](std::string_view prepared) {
    while (!prepared.empty()) {
      auto end = prepared.find('\n');
      auto line = terminal_safe(prepared.substr(0, end));
      prepared.remove_prefix(end == std::string_view::npos ? prepared.size()
                                                           : end + 1);
      out += line.starts_with('+')   ? colours.green(line)
             : line.starts_with('-') ? colours.red(line)
             : line.starts_with("@") ? colours.cyan(line)
                                     : line;
      out += '\n';
    }
  };
  if (diff.is_list()) {
    for (auto& each : diff.as_list())
      out += describe_diff(each, colours);
    return out;
  }
  if (auto* prepared = diff.find("prepared"); prepared && prepared->is_text())
    add(prepared->as_string());
  auto* before = diff.find("before");
  auto* after = diff.find("after");
  if (before && after)
    add(unified_diff(diff_side(*before), diff_side(*after),
                     diff_name(diff, "before"), diff_name(diff, "after")));
  return out;
}

} // namespace troupe
