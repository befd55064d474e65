#include "actors/state/journal.hpp"

#include "actors/state/record_numbers.hpp"

namespace troupe {

judged censored(const judged& verdict) {
  judged out;
  if (!verdict.censored) {
    out = verdict;
    out.kept = {};
    return out;
  }
  out.output = dict{{"censored", true}};
  out.failed = verdict.failed;
  out.changed = verdict.changed;
  out.from.skipped = verdict.from.skipped;
  out.from.timed_out = verdict.from.timed_out;
  out.from.unreachable = verdict.from.unreachable;
  out.ignored = verdict.ignored;
  out.ends_all = verdict.ends_all;
  out.notify = verdict.notify;
  out.censored = true;
  return out;
}

result<void> journal::append(record_type type, const record_writer& what) {
  {
    std::lock_guard guard{mutex_};
    if (!trouble_.empty())
      return error{errc::exhausted, trouble_};
  }
  auto done = log_->append(static_cast<uint8_t>(type), what.bytes());
  return done ? result<void>{} : refuse_from_now(done.why());
}

result<void> journal::append_durably(record_type type,
                                     const record_writer& what) {
  auto done = append(type, what);
  if (!done || !durable_)
    return done;
  auto synced = log_->sync();
  return synced ? synced : refuse_from_now(synced.why());
}

error journal::refuse_from_now(const error& why) {
  std::lock_guard guard{mutex_};
  if (trouble_.empty())
    trouble_ = "the journal of the run: " + why.message;
  return {errc::exhausted, trouble_};
}

std::string journal::trouble() const {
  std::lock_guard guard{mutex_};
  return trouble_;
}

result<void> journal::begin(const run_header& header) {
  auto versioned = header;
  versioned.version = journal_version;
  record_writer to;
  write(to, versioned);
  return append_durably(record_type::run, to);
}

result<void> journal::resumed(bool rerun_failed,
                              const std::vector<std::string>& added_vars) {
  record_writer to;
  to.put(clock_.now());
  to.put(rerun_failed);
  to.put(added_vars);
  return append(record_type::resumed, to);
}

result<void> journal::facts(const dict& found, const dict& hidden) {
  record_writer to;
  to.put(found);
  if (!hidden.empty()) {
    record_writer inside;
    inside.put(hidden);
    to.put(sealed(inside));
  }
  return append(record_type::facts, to);
}

result<void> journal::started(const call_key& call) {
  record_writer to;
  to.put(call.task);
  to.put(call.item);
  to.put(call.attempt);
  to.put(call.repeatable);
  to.put(clock_.now());
  to.put(call.definition);
  to.put(call.items);
  to.put(call.by_line);
  if (call.noted) {
    if (auto why = trouble(); !why.empty())
      return error{errc::exhausted, why};
    log_->hold(static_cast<uint8_t>(record_type::started), to.bytes());
    return {};
  }
  return call.repeatable ? append(record_type::started, to)
                         : append_durably(record_type::started, to);
}

result<void> journal::attempt_ended(const std::string& task, uint64_t item,
                                    unsigned attempt) {
  record_writer to;
  to.put(task);
  to.put(item);
  to.put(attempt);
  return append(record_type::attempt, to);
}

std::string journal::sealed(const record_writer& what) {
  if (!key_)
    return {};
  auto out = key_->seal(what.bytes());
  if (out)
    return std::move(*out);
  std::lock_guard guard{mutex_};
  if (!unsealed_)
    unsealed_ = out.why();
  return {};
}

std::optional<error> journal::take_unsealed() {
  std::lock_guard guard{mutex_};
  if (!unsealed_ || told_)
    return std::nullopt;
  told_ = true;
  return unsealed_;
}

void journal::put_verdict(record_writer& to, const judged& verdict,
                          bool for_later) {
  if (!verdict.censored && verdict.kept.is_null()) {
    write(to, verdict);
    // Nothing is sealed.
    to.put(std::string_view{});
    write_host(to, verdict);
    return;
  }
  auto shown = censored(verdict);
  shown.hidden = for_later;
  // It may be what is hidden.
  shown.delegated_to.clear();
  write(to, shown);
  // A rescue sees more of it as well.
  record_writer whole;
  whole.put(verdict.censored);
  write(whole, verdict);
  write_host(whole, verdict);
  to.put(sealed(whole));
  write_host(to, shown);
}

result<void> journal::item_ended(const std::string& task, uint64_t item,
                                 const judged& verdict, bool for_later) {
  record_writer to;
  to.put(task);
  to.put(item);
  put_verdict(to, verdict, for_later);
  return append(record_type::item, to);
}

result<void> journal::task_ended(const task_report& report) {
  record_writer to;
  write(to, report);
  if (gives_unread(report) && !report.hidden) {
    record_writer given;
    write_given(given, report);
    to.put(sealed(given));
  }
  return append(report.repeats ? record_type::told : record_type::task, to);
}

result<void> journal::background_started(const std::string& id) {
  record_writer to;
  to.put(id);
  to.put(false);
  return append(record_type::background, to);
}

result<void> journal::background_ended(const std::string& id,
                                       const judged& verdict) {
  record_writer to;
  to.put(id);
  to.put(true);
  put_verdict(to, verdict, true);
  return append(record_type::background, to);
}

result<void> journal::background_withdrawn(const std::string& id) {
  record_writer to;
  to.put(id);
  to.put(true);
  return append(record_type::background, to);
}

result<void> journal::changing(const undo_entry& entry) {
  record_writer to;
  if (!entry.unread) {
    write(to, entry);
    return append_durably(record_type::undo, to);
  }
  auto whole = entry;
  whole.unread.reset();
  record_writer inside;
  write(inside, whole);
  auto shown = readable_part(entry);
  shown.unread->sealed = sealed(inside);
  write(to, shown);
  return append_durably(record_type::undo, to);
}

result<void> journal::ended(const run_ending& how) {
  record_writer to;
  write(to, how);
  return append_durably(record_type::ended, to);
}

} // namespace troupe
