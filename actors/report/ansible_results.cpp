#include "actors/report/ansible_results.hpp"

#include "actors/run/item_loop.hpp"
#include "config/language/language.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe {

namespace {

bool is_left_out(std::string_view name, int verbosity, bool top) {
  return name.starts_with("_ansible") || name == "warnings"
         || name == "deprecations" || name == "exception"
         || name == "false_condition"
         || (top && (name == "failed" || name == "skipped"))
         || (verbosity < 3 && (name == "invocation" || name == "diff"));
}

value essence_at(const value& from, int verbosity, bool top) {
  if (!from.is_dict())
    return from;
  std::vector<std::pair<std::string, value>> kept;
  for (auto& [key, x] : from.as_dict()) {
    auto name = to_display(key);
    if (!is_left_out(name, verbosity, top))
      kept.emplace_back(std::move(name), x);
  }
  std::sort(kept.begin(), kept.end(),
            [](auto& x, auto& y) { return x.first < y.first; });
  dict out;
  for (auto& [name, x] : kept)
    out.set(name, x.is_dict() ? essence_at(x, 3, false) : x);
  return value{std::move(out)};
}

/// What is told of an output under `no_log`.
value hidden_output(const value& from, bool debug) {
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
value printed_output(const value& from) {
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
std::string item_as_python(const value& of, bool censored) {
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

} // namespace

told_ending ending_of(const task_result& result) {
  return {result.failed(), result.status == task_status::skipped,
          result.changed};
}

told_ending ending_of(const value& item) {
  return {flag_in(item, "failed") || flag_in(item, "unreachable"),
          flag_in(item, "skipped"), flag_in(item, "changed")};
}

const char* first_word_of(const told_ending& ending) {
  return ending.failed    ? "failed"
         : ending.skipped ? "skipping"
         : ending.changed ? "changed"
                          : "ok";
}

std::string in_colour_of(const task_result& result, const std::string& text,
                         const palette& colours) {
  if (result.failed())
    return colours.red(text);
  if (result.status == task_status::skipped)
    return colours.cyan(text);
  return result.changed ? colours.yellow(text) : colours.green(text);
}

std::string_view module_of(const task_result& result) {
  std::string_view name = result.module;
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

bool ends_untold(const task_result& result) {
  return result.why_skipped == skip_reason::tags
         || result.why_skipped == skip_reason::not_needed
         || result.why_skipped == skip_reason::play_ended
         || result.why_skipped == skip_reason::dependency
         || result.why_skipped == skip_reason::elsewhere
         || result.status == task_status::cancelled;
}

bool is_inclusion(const task_result& result) {
  auto module = module_of(result);
  return module == "include_tasks" || module == "include_role";
}

bool cannot_load(const task_result& result, std::string_view kind) {
  return result.failed() && result.has_rescue && module_of(result) == kind
         && (result.error == to_string(errc::not_found)
             || result.error == to_string(errc::invalid_plan));
}

value essence(const value& from, int verbosity) {
  return essence_at(from, verbosity, true);
}

value told_output(const task_result& result, const value& output) {
  bool debug = module_of(result) == "debug";
  if (result.censored)
    return hidden_output(output, debug);
  return debug ? printed_output(output) : output;
}

value failed_output(const task_result& result) {
  if (result.censored)
    return hidden_output(result.output, module_of(result) == "debug");
  auto out = result.output;
  if (out.is_null())
    return value{dict{{"changed", false}, {"msg", result.msg}}};
  // What the engine found wrong is in no output of a module.
  if (out.is_dict() && !out.find("msg") && !result.msg.empty())
    out.as_dict().set("msg", result.msg);
  return out;
}

value idle_output(const task_result& result) {
  dict why;
  if (module_of(result) != "debug")
    why.set("changed", false);
  auto* items = items_of(result);
  if (!items || items->empty())
    why.set("skipped_reason", "No items in the list");
  else
    why.set("msg", "All items skipped");
  return value{std::move(why)};
}

bool told_in_lines(const task_result& result, bool skipped) {
  auto module = module_of(result);
  return !result.censored
         && ((module == "debug" && !skipped) || module == "assert");
}

namespace {

std::string with_delegate(const std::string& host, const std::string& other) {
  return other.empty() ? host : host + " -> " + terminal_line(other);
}

} // namespace

std::string host_and_delegate(const task_result& result,
                              const std::string& host) {
  bool one = !items_of(result) && !result.done_on.empty();
  return with_delegate(host, one ? result.done_on[0] : result.delegated_to);
}

std::string host_and_delegate(const task_result& result,
                              const std::string& host, size_t item) {
  auto& all = result.done_on;
  return with_delegate(host, item < all.size() ? all[item] : std::string{});
}

std::string item_heading(const task_result& result, const value& item,
                         const std::string& host) {
  auto ending = ending_of(item);
  if (ending.failed && cannot_load(result, "include_tasks"))
    return fmt::format("fatal: [{}]: FAILED!", host);
  return fmt::format("{}: [{}] {}(item={})", first_word_of(ending), host,
                     ending.failed ? "" : "=> ",
                     terminal_line(item_as_python(item, result.censored)));
}

std::vector<std::string> job_lines(const task_result& result,
                                   const std::string& host) {
  if (module_of(result) == "async_status" || result.censored)
    return {};
  std::vector<std::string> out;
  auto add_job = [&](const value& each) {
    auto* id = each.find("ansible_job_id");
    auto* finished = each.find("finished");
    bool failed = flag_in(each, "failed");
    bool ended = finished && finished->is_integer() && finished->as_int() != 0;
    // One that is left to run is not waited for.
    if (id && (ended || failed))
      out.push_back(fmt::format("ASYNC {} on {}: jid={}",
                                failed ? "FAILED" : "OK", host,
                                terminal_line(id->text_or(""))));
  };
  if (auto* items = items_of(result))
    for (auto& each : *items)
      add_job(each);
  else
    add_job(result.output);
  return out;
}

} // namespace troupe
