#include "actors/state/run_past.hpp"

#include "actors/state/record_numbers.hpp"
#include "actors/state/rollback.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace troupe {

namespace {

uint64_t hash_of(const std::string& task) {
  return std::hash<std::string>{}(task);
}

} // namespace

result<std::shared_ptr<run_past>> run_past::open(const std::string& path) {
  return load(path, purpose::go_on);
}

result<std::shared_ptr<run_past>> run_past::look_at(const std::string& path) {
  return load(path, purpose::look);
}

result<std::shared_ptr<run_past>>
run_past::look_to_undo(const std::string& path) {
  return load(path, purpose::undo);
}

result<std::shared_ptr<run_past>> run_past::load(const std::string& path,
                                                 purpose what_for) {
  auto out = std::make_shared<run_past>();
  bool writable = what_for == purpose::go_on;
  if (what_for != purpose::look)
    out->files_.undo_key = std::make_shared<run_key>(key_beside(path));
  if (writable)
    out->files_.key = out->files_.undo_key;
  constexpr std::pair known_types{static_cast<uint8_t>(record_type::run),
                                  static_cast<uint8_t>(record_type::told)};
  std::optional<uint8_t> unknown;
  auto take = [&](uint64_t offset, uint8_t type, std::string_view payload) {
    if (known_types.first <= type && type <= known_types.second)
      out->take(offset, static_cast<record_type>(type), record_reader{payload});
    else
      unknown = type;
  };
  auto found
    = writable ? record_log::open(path, take) : record_log::read(path, take);
  if (!found)
    return found.why();
  if (out->header_.run.empty())
    return error{errc::runtime,
                 "'" + path + "' does not say which run it belongs to"};
  if (out->header_.version > journal_version)
    return error{errc::unsupported,
                 fmt::format("'{}' was written by a newer version (its format "
                             "is {}, this one knows {} and older)",
                             path, out->header_.version, journal_version)};
  if (unknown)
    return error{errc::unsupported,
                 fmt::format("'{}' holds a record of kind {}, which this "
                             "version does not know",
                             path, *unknown)};
  out->dropped_ = found->dropped;
  auto reader = record_log::read(path, {});
  if (!reader)
    return reader.why();
  out->files_.reader = std::move(reader->log);
  out->files_.log = std::move(found->log);
  if (what_for == purpose::undo)
    out->add_unseen();
  std::stable_sort(
    out->ended_.begin(), out->ended_.end(),
    [](const place& x, const place& y) { return x.hash < y.hash; });
  return out;
}

void run_past::take(uint64_t offset, record_type type, record_reader from) {
  last_offset_ = offset;
  switch (type) {
  case record_type::run:
    header_ = read_header(from);
    break;
  case record_type::resumed:
    ++resumptions_;
    static_cast<void>(from.time());
    if (from.flag())
      rerun_before_ = offset;
    if (!from.at_end())
      add_vars(from.texts());
    // Whatever it ended with before, it went on.
    ending_.reset();
    break;
  case record_type::facts:
    take_facts(from);
    break;
  case record_type::started:
    take_started(from);
    break;
  case record_type::attempt:
    take_attempt(from);
    break;
  case record_type::item:
    take_item(from);
    break;
  case record_type::task:
    take_task(offset, from);
    break;
  case record_type::background:
    take_background(from);
    break;
  case record_type::undo:
    take_undo(from);
    break;
  case record_type::ended:
    ending_ = read_ending(from);
    break;
  case record_type::told:
    // Done again, it is told of once.
    told_[read_report_head(from).id] = offset;
    break;
  }
}

void run_past::add_vars(const std::vector<std::string>& added) {
  auto* known = header_.options.find("extra_vars");
  auto all = known && known->is_list() ? known->as_list() : list{};
  for (auto& each : added)
    all.push_back(each);
  header_.options.set("extra_vars", std::move(all));
}

void run_past::add_unseen() {
  std::map<std::string, std::string> by_task;
  for (auto& [id, task] : begun_)
    for (auto& [item, call] : task.calls)
      if (call.running && !call.by_line.empty() && !call.changed)
        by_task[id] = call.by_line;
  for (auto& [id, module] : by_task) {
    undo_entry one;
    one.task = id;
    one.path = module;
    one.kind = "program";
    one.kept.lost = "it was cut off via a connection";
    one.whole = true;
    changes_.push_back(std::move(one));
  }
}

void run_past::take_facts(record_reader& from) {
  auto found = from.table();
  // Without some of them they are collected anew.
  facts_ = unseal_facts(from, files_.key.get(), found)
             ? std::make_shared<const dict>(std::move(found))
             : nullptr;
}

void run_past::take_started(record_reader& from) {
  auto id = from.text();
  rolled_back_ = rolled_back_ || id.starts_with(rollback_prefix);
  note_inclusions(id);
  auto& task = begun_[id];
  auto item = from.number();
  auto& call = task.calls[item];
  static_cast<void>(from.number());
  call.repeatable = from.flag();
  call.begun = from.time();
  call.running = true;
  // Whatever it came to before, it was done again.
  call.hidden = false;
  call.by_line.clear();
  task.items.erase(item);
  // Up to version 5 nothing said so.
  if (!from.at_end()) {
    task.definition = from.number();
    task.of_items = from.number();
  }
  // Some of version 7 do not say so.
  if (!from.at_end())
    call.by_line = from.text();
}

void run_past::take_attempt(record_reader& from) {
  auto& task = begun_[from.text()];
  auto& call = task.calls[from.number()];
  call.attempts = static_cast<unsigned>(from.number());
  call.running = false;
}

void run_past::take_task(uint64_t offset, record_reader& from) {
  auto head = read_report_head(from);
  note_inclusions(head.id);
  ended_.push_back({hash_of(head.id), offset});
  begun_.erase(head.id);
  rolled_back_ = rolled_back_ || head.module == undo_module_name;
}

void run_past::note_inclusions(const std::string& task) {
  // Their ids stand in front of it, as `read_inclusion` puts them.
  for (auto end = task.find(':'); end != task.npos;
       end = task.find(':', end + 1))
    including_.insert(hash_of(task.substr(0, end)));
}

void run_past::take_undo(record_reader& from) {
  auto entry = read_undo(from);
  unseal_undo(entry, files_.undo_key.get());
  if (auto at = begun_.find(entry.task); at != begun_.end())
    for (auto& [item, call] : at->second.calls)
      call.changed = true;
  changes_.push_back(std::move(entry));
}

void run_past::take_background(record_reader& from) {
  auto id = from.text();
  auto& job = background_[id];
  if (!from.flag()) {
    begun_.erase(id);
    job.reset();
    return;
  }
  if (from.at_end()) {
    background_.erase(id);
    return;
  }
  auto verdict = read_whole(from);
  // See `take_item`; some of version 7 say so of what a rollback has ended.
  if (verdict.from.why == errc::cancelled)
    return;
  begun_.erase(id);
  job = std::move(verdict);
}

judged run_past::read_whole(record_reader& from) const {
  auto out = read_judged(from);
  if (auto whole = unsealed_verdict(from, files_.key.get()))
    return std::move(*whole);
  read_host(from, out);
  return out;
}

void run_past::take_item(record_reader& from) {
  auto& task = begun_[from.text()];
  auto item = from.number();
  auto read = read_whole(from);
  // Up to version 6 what was cut off was written down as if it had ended.
  if (read.from.why == errc::cancelled)
    return;
  auto& verdict = task.items[item] = std::move(read);
  if (!verdict.hidden) {
    task.calls.erase(item);
    return;
  }
  auto& call = task.calls[item];
  call.running = false;
  call.hidden = true;
}

void run_past::rerun_failed() {
  rerun_before_ = last_offset_ + 1;
}

report_ptr run_past::unreadable(const std::string& task, std::string why,
                                const task_result* known) const {
  auto result = std::make_shared<task_result>();
  result->id = result->name = task;
  if (known) {
    result->name = known->name;
    result->module = known->module;
    result->play = known->play;
    result->place = known->place;
  }
  result->status = task_status::failed;
  result->error = "unknown_state";
  result->msg = std::move(why);
  result->output
    = dict{{"changed", false}, {"failed", true}, {"msg", result->msg}};
  // Nobody knows more than this of the time.
  result->start = result->end = header_.started;
  auto report = std::make_shared<task_report>();
  report->result = std::move(result);
  report->fatal = report->unknown = true;
  return report;
}

report_ptr run_past::report_at(uint64_t offset) const {
  auto payload = files_.reader->payload_at(offset);
  if (!payload)
    return nullptr;
  record_reader from{*payload};
  auto report = std::make_shared<task_report>(read_report(from));
  if (unseal_given(from, files_.key.get(), *report)) {
    report->hidden = false;
    report->secret = true;
  }
  return from.sound() ? report : nullptr;
}

report_ptr run_past::ended(const std::string& task, bool handled,
                           uint64_t definition) const {
  auto hash = hash_of(task);
  auto last = std::upper_bound(
    ended_.begin(), ended_.end(), hash,
    [](uint64_t wanted, const place& x) { return wanted < x.hash; });
  while (last != ended_.begin() && (--last)->hash == hash) {
    auto report = report_at(last->offset);
    // Taken for one that has not ended it would run twice.
    if (!report)
      return unreadable(task,
                        "it has ended before, but the journal that says "
                        "how cannot be read any more",
                        nullptr);
    if (report->result->id != task)
      continue;
    auto& result = *report->result;
    // No rescue answers for a host that was out of reach.
    bool again = last->offset < rerun_before_ && result.counts_as_failed()
                 && (!handled || result.unreachable);
    if (again)
      return nullptr;
    if (definition != 0 && report->definition != 0
        && report->definition != definition)
      return unreadable(task,
                        "what ended here before was told something else; "
                        "bring back what it said, or run the plan anew",
                        &result);
    return report;
  }
  return nullptr;
}

std::vector<std::string>
run_past::notified_before(const std::string& task) const {
  auto hash = hash_of(task);
  auto last = std::upper_bound(
    ended_.begin(), ended_.end(), hash,
    [](uint64_t wanted, const place& x) { return wanted < x.hash; });
  while (last != ended_.begin() && (--last)->hash == hash)
    if (auto report = report_at(last->offset);
        report && report->result->id == task)
      return report->result->failed() ? report->notify
                                      : std::vector<std::string>{};
  return {};
}

bool run_past::ended_otherwise(const std::string& task,
                               uint64_t definition) const {
  auto report = ended(task);
  return report && report->definition != 0 && report->definition != definition;
}

bool run_past::has_included(const std::string& task) const {
  return including_.contains(hash_of(task));
}

const run_past::unfinished* run_past::begun(const std::string& task) const {
  auto at = begun_.find(task);
  return at == begun_.end() ? nullptr : &at->second;
}

std::vector<std::string> run_past::unknown_tasks() const {
  std::vector<std::string> out;
  for (auto& [id, task] : begun_)
    if (std::any_of(task.calls.begin(), task.calls.end(), [](auto& each) {
          return each.second.running && !each.second.repeatable;
        }))
      out.push_back(id);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<report_ptr> run_past::reports() const {
  auto places = ended_;
  for (auto& [id, offset] : told_)
    places.push_back({hash_of(id), offset});
  std::sort(places.begin(), places.end(),
            [](auto& x, auto& y) { return x.offset < y.offset; });
  std::vector<report_ptr> out;
  for (auto& each : places)
    if (auto report = report_at(each.offset))
      out.push_back(std::move(report));
  return out;
}

} // namespace troupe
