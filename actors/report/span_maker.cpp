#include "actors/report/span_maker.hpp"

#include "actors/report/result_text.hpp"
#include "config/value/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

// Bytes of a name or message: viewers show less.
constexpr size_t most_text = 1000;

void add_place(dict& to, const source_place& place) {
  if (!place.file)
    return;
  to.set("code.file.path", *place.file);
  if (place.at.line == 0)
    return;
  to.set("code.line.number", static_cast<int64_t>(place.at.line));
  to.set("code.column.number", static_cast<int64_t>(place.at.column));
}

dict facts_of(const task_result& r, bool restored) {
  dict out{{"troupe.task", r.id},
           {"troupe.module", r.module},
           {"troupe.status", to_string(r.status)},
           {"troupe.changed", r.changed}};
  for (auto [key, on] : {std::pair{"troupe.ignored", r.ignored},
                         {"troupe.handler", r.handler},
                         {"troupe.restored", restored}})
    if (on)
      out.set(key, true);
  if (!r.reason.empty())
    out.set("troupe.reason", excerpt(r.reason, most_text));
  if (!r.error.empty())
    out.set("error.type", r.error);
  if (auto* rc = r.output.find("rc"); rc && rc->is_small() && !r.censored)
    out.set("troupe.rc", *rc);
  add_place(out, r.place);
  return out;
}

/// What an item of a loop is called; empty where nobody may know.
std::string item_name(const task_result& r, uint64_t item) {
  auto* all = r.output.find("results");
  if (r.censored || !all || !all->is_list() || item >= all->as_list().size())
    return {};
  return excerpt(label_of(all->as_list().items[item]), 100);
}

std::string attempt_name(const task_result& r, const attempt& a) {
  if (!a.item)
    return fmt::format("attempt {}", a.number);
  auto label = item_name(r, *a.item);
  auto out = label.empty() ? fmt::format("item {}", *a.item + 1)
                           : fmt::format("item={}", label);
  return a.number > 1 ? fmt::format("{}, attempt {}", out, a.number) : out;
}

} // namespace

size_t span_rows::take(std::chrono::system_clock::time_point start,
                       std::chrono::system_clock::time_point end) {
  std::optional<size_t> best;
  for (size_t i = 0; i < ends_.size(); ++i)
    if (ends_[i] <= start && (!best || ends_[*best] < ends_[i]))
      best = i;
  if (!best) {
    best = ends_.size();
    ends_.emplace_back();
  }
  ends_[*best] = end;
  return *best;
}

void open_span::include(std::chrono::system_clock::time_point from,
                        std::chrono::system_clock::time_point to, bool failed) {
  what.start = used ? std::min(what.start, from) : from;
  end = used ? std::max(end, to) : to;
  what.failed = what.failed || failed;
  used = true;
}

span_maker::span_maker(plan_blocks blocks, listener tell)
    : blocks_{std::move(blocks)}, tell_{std::move(tell)} {
  run_.what.number = ++last_number_;
  for (auto& each : blocks_.all) {
    auto& added = open_blocks_.emplace_back().what;
    added.what = span::level::block;
    added.name = excerpt(each.name, most_text);
    added.number = ++last_number_;
    add_place(added.about, each.place);
  }
}

void span_maker::on(const run_event& event) {
  run_.include(event.time, event.time, false);
  if (auto* began = event.as<run_started>()) {
    run_.what.name = began->plan.empty() ? "run" : began->plan;
    run_.what.about = {{"troupe.run", event.run}, {"host.name", event.host}};
  } else if (auto* play = event.as<play_started>()) {
    begin_play(*play, event.time);
  } else if (auto* ended = event.as<task_ended>()) {
    add(*ended->result, ended->restored);
  } else if (auto* last = event.as<run_ended>()) {
    end_play(event.time);
    run_.what.failed = last->failed;
    run_.what.message = last->failed ? last->message : std::string{};
  }
}

void span_maker::begin_play(const play_started& what, moment now) {
  end_play(now);
  auto& next = play_.emplace();
  next.include(now, now, false);
  next.what.what = span::level::play;
  next.what.name = what.play.empty() ? "play" : excerpt(what.play, most_text);
  next.what.number = ++last_number_;
  next.what.parent = run_.what.number;
}

void span_maker::end_play(moment now) {
  if (!play_)
    return;
  play_->include(now, now, false);
  close(*play_);
  play_.reset();
}

uint64_t span_maker::include(const task_result& result, const span& own) {
  auto end = own.end();
  run_.include(own.start, end, false);
  if (play_)
    play_->include(own.start, end, own.failed);
  auto around = play_ ? play_->what.number : run_.what.number;
  auto in = blocks_.of_task.find(result.id);
  if (in == blocks_.of_task.end())
    return around;
  for (auto at = std::optional{in->second}; at; at = blocks_.all[*at].around) {
    auto& which = open_blocks_[*at];
    which.include(own.start, end, own.failed);
    auto outer = blocks_.all[*at].around;
    which.what.parent = outer ? open_blocks_[*outer].what.number : around;
  }
  return open_blocks_[in->second].what.number;
}

void span_maker::add(const task_result& result, bool restored) {
  span own;
  own.what = span::level::task;
  own.name = excerpt(result.name, most_text);
  own.number = ++last_number_;
  own.start = result.start;
  own.duration = std::max(result.duration, std::chrono::nanoseconds{0});
  own.row = lanes_.take(own.start, own.end());
  own.failed = result.counts_as_failed();
  own.message = own.failed && !result.censored ? excerpt(result.msg, most_text)
                                               : std::string{};
  own.about = facts_of(result, restored);
  own.parent = include(result, own);
  add_attempts(result, own);
  tell_(std::move(own));
}

void span_maker::add_attempts(const task_result& result, const span& around) {
  std::vector<const attempt*> sorted;
  for (auto& each : result.attempts)
    sorted.push_back(&each);
  // Those of a parallel loop overlap.
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](auto* x, auto* y) { return x->start < y->start; });
  auto begin = around.start;
  auto end = around.end();
  auto free_from = begin;
  for (auto* each : sorted) {
    span own;
    own.what = span::level::attempt;
    own.name = attempt_name(result, *each);
    own.number = ++last_number_;
    own.parent = around.number;
    // Their clocks differ: one counts from then on, the other may be set.
    own.start = std::clamp(each->start, begin, end);
    own.duration = std::clamp<std::chrono::nanoseconds>(
      each->duration, std::chrono::nanoseconds{0}, end - own.start);
    bool fits = own.start >= free_from;
    own.row = fits ? around.row : lanes_.take(own.start, own.end());
    if (fits)
      free_from = own.end();
    own.failed = each->failed;
    if (each->failed && !result.censored)
      own.message = excerpt(each->msg, most_text);
    own.about = {{"troupe.task", result.id},
                 {"troupe.attempt", static_cast<int64_t>(each->number)}};
    if (each->item)
      own.about.set("troupe.item", static_cast<int64_t>(*each->item));
    tell_(std::move(own));
  }
}

void span_maker::close(open_span& which) {
  which.what.duration = which.end - which.what.start;
  tell_(std::move(which.what));
}

void span_maker::finish() {
  end_play(run_.end);
  std::vector<open_span*> seen;
  for (auto& each : open_blocks_)
    if (each.used)
      seen.push_back(&each);
  std::sort(seen.begin(), seen.end(),
            [](auto* x, auto* y) { return x->end < y->end; });
  for (auto* each : seen) {
    each->what.row = block_rows_.take(each->what.start, each->end);
    close(*each);
  }
  close(run_);
}

} // namespace troupe
