#include "actors/report/html_page.hpp"

#include "actors/report/diff_text.hpp"
#include "actors/report/result_text.hpp"
#include "config/language/library/text_tools.hpp"
#include "config/value/base64.hpp"
#include "config/value/excerpt.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"
#include "platform/crypto.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace troupe {

namespace {

// Of one text.
constexpr size_t most_bytes = size_t{64} << 10;

std::string shown(std::string_view text) {
  return terminal_safe(excerpt(text, most_bytes));
}

std::string text_at(const value& in, std::string_view key) {
  auto* x = in.find(key);
  return x ? shown(x->text_or("")) : std::string{};
}

bool is_set(const value& in, std::string_view key) {
  auto* x = in.find(key);
  return x && x->is_bool() && x->as_bool();
}

/// How a task or an item ended, in the words of the page.
std::string kind_of_end(const value& in, bool all_rescued) {
  auto status = text_at(in, "status");
  if (status == "unknown" || status == "cancelled" || status == "skipped")
    return status;
  if (is_set(in, "skipped"))
    return "skipped";
  if (is_set(in, "failed"))
    return is_set(in, "ignored")                  ? "ignored"
           : all_rescued || is_set(in, "rescued") ? "rescued"
                                                  : "failed";
  return is_set(in, "changed") ? "changed" : "ok";
}

/// What an output says that is not shown anyway.
std::string rest_of(const value& output) {
  if (!output.is_dict())
    return {};
  constexpr std::array elsewhere{"stdout",  "stderr",  "msg",      "rc",
                                 "results", "changed", "failed",   "skipped",
                                 "ignored", "diff",    "warnings", "censored"};
  dict rest;
  for (auto& [key, x] : output.as_dict()) {
    auto name = key.text_or("");
    bool noise = name.starts_with("_ansible") || name.ends_with("_lines")
                 || std::find(elsewhere.begin(), elsewhere.end(), name)
                      != elsewhere.end();
    if (!noise)
      rest.set(key, x);
  }
  return rest.empty() ? std::string{}
                      : shown(to_json(value{std::move(rest)}, {.indent = 2}));
}

/// Makes the data of the page, task by task.
class page_data {
public:
  page_data(size_t most, bool all_rescued)
      : left_{most}, all_rescued_{all_rescued} {
  }

  dict task(const value& from) {
    dict out;
    for (auto* key :
         {"id", "name", "module", "play", "reason", "error", "start", "msg"})
      out.set(key, text_at(from, key));
    if (auto host = text_at(from, "host"); !host.empty())
      out.set("name", fmt::format("[{}] {}", host, text_at(from, "name")));
    for (auto* key : {"duration", "rc", "place", "attempts", "warnings"})
      if (auto* x = from.find(key))
        out.set(key, safe(*x));
    // A report that somebody else made may lack them.
    for (auto& [key, x] : {std::pair{"attempts", value{list{}}},
                           std::pair{"duration", value{0}}})
      if (!out.find(key))
        out.set(key, x);
    out.set("kind", kind_of_end(from, all_rescued_));
    auto* output = from.find("output");
    if (output && output->find("censored")) {
      out.set("censored", true);
      return out;
    }
    auto whole = content(from, output);
    if (auto bytes = to_json(value{whole}).size(); bytes > left_)
      out.set("left_out", true);
    else {
      left_ -= bytes;
      for (auto& [key, x] : whole)
        out.set(key, x);
    }
    return out;
  }

private:
  /// What was printed and changed.
  dict content(const value& from, const value* output) const {
    dict out;
    for (auto* key : {"stdout", "stderr"})
      if (auto text = text_at(from, key); !text.empty())
        out.set(key, std::move(text));
    if (auto* diff = from.find("diff"); diff && !diff->is_null())
      out.set("diff", shown(describe_diff(*diff, palette{false})));
    if (!output)
      return out;
    if (auto rest = rest_of(*output); !rest.empty())
      out.set("rest", std::move(rest));
    auto* items = output->find("results");
    if (!items || !items->is_list())
      return out;
    list made;
    for (auto& each : items->as_list()) {
      auto item = content(each, &each);
      item.set("label", shown(label_of(each)));
      item.set("msg", text_at(each, "msg"));
      item.set("kind", kind_of_end(each, false));
      made.push_back(std::move(item));
    }
    out.set("items", std::move(made));
    return out;
  }

  /// A value with all texts in it made safe.
  static value safe(const value& x) {
    if (x.is_text())
      return shown(x.as_string());
    if (x.is_list()) {
      list out;
      for (auto& each : x.as_list())
        out.push_back(safe(each));
      return out;
    }
    if (!x.is_dict())
      return x;
    dict out;
    for (auto& [key, each] : x.as_dict())
      out.set(key, safe(each));
    return out;
  }

  size_t left_;
  bool all_rescued_;
};

uint64_t count_of(const value& report, const char* key) {
  auto* counts = report.find("counts");
  auto* x = counts ? counts->find(key) : nullptr;
  return x && x->is_small() ? static_cast<uint64_t>(x->as_int()) : 0;
}

// Behind these it is only said how many more there are.
constexpr size_t most_hosts_named = 20;

/// The hosts of the run, as "web1, web2", and how many they are.
std::pair<std::string, size_t> hosts_in(const value& report) {
  auto* hosts = report.find("hosts");
  if (!hosts || !hosts->is_dict() || hosts->as_dict().empty())
    return {text_at(report, "host"), 1};
  std::string names;
  size_t count = 0;
  for (auto& [name, counts] : hosts->as_dict())
    if (++count <= most_hosts_named)
      names += (count > 1 ? ", " : "") + shown(name.text_or(""));
  if (count > most_hosts_named)
    names += fmt::format(" and {} more", count - most_hosts_named);
  return {std::move(names), count};
}

dict data_of(const value& report, const page_options& how) {
  dict out{{"state", how.state},
           {"kind", how.state == "died" ? "failed" : how.state}};
  for (auto* key : {"run", "plan", "start", "end", "message"})
    out.set(key, text_at(report, key));
  auto [names, count] = hosts_in(report);
  out.set("host", std::move(names));
  out.set("hosts", static_cast<int64_t>(count));
  auto* duration = report.find("duration");
  out.set("duration", duration ? *duration : value{0});
  list notes;
  for (auto& each : how.notes)
    notes.push_back(shown(each));
  auto rescued = count_of(report, "rescued");
  auto failed = count_of(report, "failed") + count_of(report, "timeout");
  // A report does not say of which tasks.
  if (rescued > 0 && failed > 0)
    notes.push_back(
      fmt::format("Failed tasks that a rescue made good: {}.", rescued));
  out.set("notes", std::move(notes));
  page_data made{how.most_output, rescued > 0 && failed == 0};
  list tasks;
  if (auto* all = report.find("tasks"); all && all->is_list())
    for (auto& each : all->as_list())
      tasks.push_back(made.task(each));
  out.set("tasks", std::move(tasks));
  return out;
}

/// JSON that may stand in an element `script`, whatever it says.
std::string embedded(const value& x) {
  std::string out;
  for (auto c : to_json(x, {.ascii = true}))
    if (c == '<' || c == '>' || c == '&')
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  return out;
}

/// What lets a browser run this text and no other.
std::string source_hash(std::string_view text) {
  sha256 made;
  made.update(text);
  return "'sha256-" + encode_base64(made.finish()) + "'";
}

constexpr auto page = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<noscript>This page needs JavaScript to show the run.</noscript>
<div class="top" id="top"></div>
<div id="tiles"></div>
<section class="card"><h2>Timeline</h2>
<div class="chart"><canvas id="time"></canvas></div></section>
<section class="card"><h2>Slowest tasks</h2><div id="slow"></div></section>
<section class="card"><h2>Tasks <span class="dim" id="found"></span></h2>
<div class="tools">
<input id="find" type="search" aria-label="Find tasks"
 placeholder="Find: name, module, file, message  ( / )">
<select id="order" aria-label="Order">
<option value="failures">failures first</option>
<option value="start">in their order</option>
<option value="duration">by duration</option>
</select></div>
<div id="tasks"></div><button id="more" hidden></button></section>
</main>
<div id="tip" hidden></div>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
)html";

} // namespace

std::string html_page(const value& report, const page_options& how) {
  auto script = fmt::format("{}{}", html_head_script(), html_task_script());
  auto policy = fmt::format(
    "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; "
    "form-action 'none'",
    source_hash(script), source_hash(html_style()));
  auto title = fmt::format("{}: {} on {}", how.state, text_at(report, "plan"),
                           hosts_in(report).first);
  return fmt::format(page, fmt::arg("policy", policy),
                     fmt::arg("title", escape_markup(title)),
                     fmt::arg("style", html_style()),
                     fmt::arg("data", embedded(data_of(report, how))),
                     fmt::arg("script", script));
}

} // namespace troupe
