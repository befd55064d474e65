#include "actors/report/result_text.hpp"

#include "actors/report/diff_text.hpp"
#include "config/language/language.hpp"
#include "config/value/duration.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace troupe {

namespace {

// Of a block of lines without -v: what went wrong is said last.
constexpr size_t most_lines = 30;

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
    return result.ignored ? colours.cyan(text) : colours.red(text);
  case task_status::skipped:
    return colours.cyan(text);
  default:
    return colours.magenta(text);
  }
}

/// "web1", or "web1 -> db1" where another host has done it.
std::string where_of(const std::string& host, const std::string& other) {
  auto out = terminal_line(host);
  if (!other.empty())
    out += " -> " + terminal_line(other);
  return out;
}

std::string where_of(const task_result& result, const std::string& host) {
  // Each item of a loop may have its own.
  bool open = has_template(std::string_view{result.delegated_to});
  return where_of(host, open ? std::string{} : result.delegated_to);
}

std::string where_of(const task_result& result, const std::string& host,
                     size_t item) {
  auto& all = result.done_on;
  return where_of(host, item < all.size() ? all[item] : std::string{});
}

bool is_debug(const task_result& result) {
  return result.module == "debug" || result.module.ends_with(".debug");
}

/// Whether what came of it is shown although all went well.
bool is_always_told(const task_result& result) {
  auto* asked = result.output.find("_ansible_verbose_always");
  return is_debug(result) || (asked && asked->is_bool() && asked->as_bool());
}

/// What the engine adds to a result, or says elsewhere.
bool is_noise(std::string_view name) {
  constexpr std::array noise{
    "invocation",        "diff",        "warnings",
    "ansible_facts",     "item",        "ansible_loop_var",
    "ansible_index_var", "ansible_loop"};
  return name.starts_with("_ansible")
         || std::find(noise.begin(), noise.end(), name) != noise.end();
}

bool is_flag(std::string_view name, const value& x) {
  return x.is_bool()
         && (name == "changed" || name == "failed" || name == "skipped");
}

/// Of a failure, what says less than the rest.
bool is_detail(std::string_view name, const value& x) {
  return name == "start" || name == "end" || name == "delta"
         || name.ends_with("_lines") || (x.is_text() && x.as_string().empty());
}

/// What is only shown where `msg` does not say the same: a condition that
/// cannot be judged is the failure itself.
bool may_repeat(std::string_view name) {
  return name == "failed_when_result" || name == "changed_when_result"
         || name == "message";
}

/// What a person wants to see of a result.
dict essentials(const task_result& result, const result_style& how) {
  auto verbosity = how.verbosity;
  dict out;
  if (!result.output.is_dict())
    return out;
  bool debug = is_debug(result);
  if (!is_always_told(result) && !result.failed() && verbosity == 0)
    return out;
  auto* msg = result.output.find("msg");
  auto is_said = [&](const value& x) {
    return (msg && *msg == x)
           || (result.failed() && x.is_text() && x.as_string() == result.msg);
  };
  for (auto& [key, x] : result.output.as_dict()) {
    auto name = key.text_or("");
    bool shown = !is_noise(name) || (how.alone && name == "ansible_facts");
    shown = shown && !(may_repeat(name) && is_said(x));
    if (verbosity == 0)
      shown = shown && !is_flag(name, x) && (debug || !is_detail(name, x));
    else if (!debug)
      shown = shown && !name.ends_with("_lines");
    if (shown)
      out.set(key, x);
  }
  return out;
}

bool is_nested(const value& x) {
  return x.is_list() || x.is_dict();
}

/// A text of several lines says more as such than in quotes.
bool is_block(const value& x) {
  if (!x.is_text())
    return false;
  auto& text = x.as_string();
  auto end = text.find('\n');
  return end != std::string::npos && end + 1 < text.size();
}

std::string block_of_lines(const std::string& name, std::string text,
                           bool all) {
  std::vector<std::string_view> lines;
  std::string_view rest = text;
  if (rest.ends_with('\n'))
    rest.remove_suffix(1);
  for (;;) {
    auto end = rest.find('\n');
    lines.push_back(rest.substr(0, end));
    if (end == std::string_view::npos)
      break;
    rest.remove_prefix(end + 1);
  }
  auto out = "  " + terminal_line(name) + ":\n";
  size_t first = 0;
  if (!all && lines.size() > most_lines) {
    first = lines.size() - most_lines;
    out += fmt::format("    ({} lines more: -v shows them)\n", first);
  }
  for (auto i = first; i < lines.size(); ++i)
    out += "    " + terminal_safe(lines[i]) + "\n";
  return out;
}

/// The rest of the line, and the blocks below it.
struct shown_output {
  std::string inline_json;
  std::string blocks;
};

bool says(const value& output, const std::string& msg) {
  auto* own = output.find("msg");
  return own && own->text_or("") == msg;
}

shown_output show_output(const task_result& result, const result_style& how) {
  auto verbosity = how.verbosity;
  shown_output out;
  dict small;
  for (auto& [key, x] : essentials(result, how)) {
    if (is_block(x))
      out.blocks += block_of_lines(std::string{key.text_or("")}, x.as_string(),
                                   verbosity > 0);
    else
      small.set(key, x);
  }
  // What the engine found wrong is in no output of a module.
  if (result.failed() && !result.msg.empty()
      && !says(result.output, result.msg))
    out.blocks += block_of_lines("msg", result.msg, true);
  if (small.empty())
    return out;
  bool many = small.size() > 1 || is_nested(small.begin()->second);
  bool deep = std::any_of(small.begin(), small.end(),
                          [](auto& each) { return each.second.is_dict(); });
  bool indented
    = verbosity > 1 || (is_debug(result) && many) || (how.alone && deep);
  out.inline_json = terminal_safe(to_json(
    value{std::move(small)}, {.indent = indented ? 4 : -1, .spaced = true}));
  return out;
}

/// " => {...}" or " => words", the end of the line, and blocks of lines.
void add_output(std::string& line, std::string& blocks,
                const task_result& result, const result_style& how) {
  auto shown = show_output(result, how);
  if (!shown.inline_json.empty())
    line += " => " + shown.inline_json;
  else if (result.failed() && shown.blocks.empty())
    line += " => " + terminal_line(result.msg);
  blocks += shown.blocks;
}

bool is_loop(const task_result& result) {
  auto* results = result.output.find("results");
  if (!results || !results->is_list() || result.censored
      || result.status == task_status::cancelled)
    return false;
  auto& items = results->as_list();
  // Of no items there is nothing to be said but that it was skipped.
  return !items.empty()
         && std::all_of(items.begin(), items.end(), [](auto& each) {
              return each.find("ansible_loop_var") != nullptr;
            });
}

task_result item_result(const task_result& whole, const value& item) {
  task_result out = whole;
  out.output = item;
  auto* msg = item.find("msg");
  out.msg = msg ? std::string{msg->text_or("")} : std::string{};
  auto flag = [&](const char* name) {
    auto* x = item.find(name);
    return x && x->is_bool() && x->as_bool();
  };
  out.changed = flag("changed");
  out.status = flag("failed") || flag("unreachable") ? task_status::failed
               : flag("skipped")                     ? task_status::skipped
                                                     : task_status::success;
  return out;
}

std::string describe_items(const task_result& result, const std::string& host,
                           const result_style& how, size_t first) {
  std::string out;
  size_t number = 0;
  for (auto& each : result.output.find("results")->as_list()) {
    auto at = number++;
    if (at < first)
      continue;
    auto item = item_result(result, each);
    if (auto* diff = each.find("diff"); diff && (how.diff || result.diff_asked))
      out += describe_diff(*diff, how.colours);
    auto line
      = fmt::format("{}: [{}] => (item={})", word_for(item),
                    where_of(result, host, at), terminal_line(label_of(each)));
    std::string blocks;
    add_output(line, blocks, item, how);
    out += paint(item, how.colours, line) + "\n" + blocks;
  }
  return out;
}

std::string describe_one(const task_result& result, const std::string& host,
                         const result_style& how) {
  std::string out;
  if ((how.diff || result.diff_asked) && !result.diff.is_null()
      && !result.censored)
    out += describe_diff(result.diff, how.colours);
  auto line
    = fmt::format("{}: [{}]", result.failed() ? "fatal" : word_for(result),
                  where_of(result, host));
  if (result.failed())
    line += result.unreachable                      ? ": UNREACHABLE!"
            : result.status == task_status::timeout ? ": TIMEOUT!"
                                                    : ": FAILED!";
  std::string blocks;
  if (result.censored)
    line += " => (output hidden by no_log)";
  else if (result.cut_off())
    line += " => (" + terminal_line(result.msg) + ")";
  else if (result.status != task_status::skipped
           && result.status != task_status::cancelled)
    add_output(line, blocks, result, how);
  else if (!result.reason.empty()
           && (how.verbosity > 0
               || result.why_skipped != skip_reason::condition))
    line += fmt::format(" => ({})", terminal_line(result.reason));
  return out + paint(result, how.colours, line) + "\n" + blocks;
}

/// Where the task stands, for failures and for those who ask; times.
std::string describe_circumstances(const task_result& result,
                                   const result_style& how) {
  std::string out;
  auto place = to_string(result.place);
  if (!how.alone && !place.empty() && (result.failed() || how.verbosity > 1))
    out += "  at " + terminal_line(place) + "\n";
  if (how.verbosity > 1 && result.duration.count() > 0)
    out += fmt::format("  took {}\n", format_duration(result.duration));
  if (how.verbosity > 2)
    for (auto& each : result.attempts)
      out
        += fmt::format("  attempt {} began at {}, took {}{}\n", each.number,
                       format_time(each.start), format_duration(each.duration),
                       each.failed ? ", failed" : "");
  return out.empty() ? out : how.colours.dim(out);
}

} // namespace

std::string label_of(const value& item) {
  auto* x = item.find("_ansible_item_label");
  auto* variable = item.find("ansible_loop_var");
  if (!x)
    x = item.find(variable ? variable->text_or("item") : "item");
  if (!x)
    return {};
  return x->is_text() ? x->as_string() : to_json(*x, {.spaced = true});
}

std::string describe_ended_items(const task_result& result,
                                 const std::string& host,
                                 const result_style& how) {
  return is_loop(result) ? describe_items(result, host, how, 0) : std::string{};
}

std::string describe_result(const task_result& result, const std::string& host,
                            const result_style& how, size_t first) {
  auto out = is_loop(result) ? describe_items(result, host, how, first)
                             : describe_one(result, host, how);
  return out + describe_circumstances(result, how);
}

} // namespace troupe
