#include "actors/state/journal.hpp"
#include "actors/state/record_numbers.hpp"
#include "platform/crypto.hpp"

namespace troupe {

void write(record_writer& to, const run_header& from) {
  to.put(from.run);
  to.put(from.source);
  to.put(from.plan_hash);
  to.put(from.plan_name);
  to.put(from.host);
  to.put(from.started);
  to.put(from.options);
  to.put(from.version);
}

run_header read_header(record_reader& from) {
  run_header out;
  out.run = from.text();
  out.source = from.text();
  out.plan_hash = from.text();
  out.plan_name = from.text();
  out.host = from.text();
  out.started = from.time();
  out.options = from.table();
  out.version = from.at_end() ? 1 : from.number();
  return out;
}

void write(record_writer& to, const judged& from) {
  to.put(from.output);
  to.put(from.failed);
  to.put(from.changed);
  to.put(from.broken);
  auto& r = from.from;
  to.put(r.skipped);
  to.put(r.timed_out);
  to.put(r.msg);
  to.put(r.why ? number_of(error_numbers, *r.why) : uint64_t{0});
  to.put(r.facts);
  to.put(r.warnings);
  to.put(r.diff);
  to.put(from.ignored);
  to.put(from.notify);
  to.put(from.label);
  to.put(from.ends_all);
  to.put(from.hidden);
  to.put(from.kept);
}

judged read_judged(record_reader& from) {
  judged out;
  out.output = from.any();
  out.failed = from.flag();
  out.changed = from.flag();
  out.broken = from.text();
  auto& r = out.from;
  r.skipped = from.flag();
  r.timed_out = from.flag();
  r.msg = from.text();
  r.why = named_by(error_numbers, from.number());
  r.facts = from.table();
  r.warnings = from.texts();
  r.diff = from.any();
  // Behind it version 1 had nothing.
  if (from.at_end())
    return out;
  out.ignored = from.flag();
  out.notify = from.texts();
  out.label = from.any();
  // Nor version 3 behind the label.
  if (from.at_end())
    return out;
  out.ends_all = from.flag();
  out.hidden = from.flag();
  // Nor version 6 behind that.
  if (!from.at_end())
    out.kept = from.any();
  return out;
}

void write_host(record_writer& to, const judged& from) {
  to.put(from.delegated_to);
  to.put(from.told_host);
  to.put(from.from.unreachable);
}

void read_host(record_reader& from, judged& to) {
  // Some of version 7 end before it.
  if (from.at_end())
    return;
  to.delegated_to = from.text();
  to.told_host = from.text();
  to.from.unreachable = from.flag();
}

std::optional<judged> unsealed_verdict(record_reader& from, run_key* key) {
  auto sealed = from.at_end() ? std::string{} : from.text();
  auto plain = key && !sealed.empty()
                 ? key->unseal(sealed)
                 : result<std::string>{error{errc::not_found, "not sealed"}};
  if (!plain)
    return std::nullopt;
  record_reader inside{*plain};
  auto censored = inside.flag();
  auto out = read_judged(inside);
  read_host(inside, out);
  out.censored = censored;
  wipe(*plain);
  return inside.sound() ? std::optional{std::move(out)} : std::nullopt;
}

void write_given(record_writer& to, const task_report& from) {
  to.put(from.registered);
  to.put(from.variables);
  to.put(from.facts);
}

bool unseal_given(record_reader& from, run_key* key, task_report& to) {
  auto sealed = from.at_end() ? std::string{} : from.text();
  if (!key || sealed.empty())
    return false;
  auto plain = key->unseal(sealed);
  if (!plain)
    return false;
  record_reader inside{*plain};
  auto registered = inside.any();
  auto variables = inside.table();
  auto facts = inside.table();
  wipe(*plain);
  if (!inside.sound())
    return false;
  to.registered = std::move(registered);
  to.variables = std::move(variables);
  to.facts = std::move(facts);
  return true;
}

bool unseal_facts(record_reader& from, run_key* key, dict& to) {
  if (from.at_end())
    return true;
  auto sealed = from.text();
  if (!key || sealed.empty())
    return false;
  auto plain = key->unseal(sealed);
  if (!plain)
    return false;
  record_reader inside{*plain};
  auto hidden = inside.table();
  wipe(*plain);
  for (auto& [name, fact] : hidden)
    to.set(name, fact);
  return inside.sound();
}

void unseal_undo(undo_entry& entry, run_key* key) {
  if (!is_sealed(entry))
    return;
  auto lost = [&](const std::string& why) {
    if (entry.kind != "program")
      entry.kept.lost = why;
  };
  if (entry.unread->sealed->empty())
    return lost("what it was is not known: it could not be sealed");
  if (!key)
    return lost("what it was is sealed");
  auto plain = key->unseal(*entry.unread->sealed);
  if (!plain)
    return lost("what it was is sealed, and the key of the run does not open "
                "it: "
                + plain.why().message);
  record_reader inside{*plain};
  auto whole = read_undo(inside);
  wipe(*plain);
  if (!inside.sound())
    return lost("what it was cannot be read");
  whole.unread = {std::move(entry.unread->shown), std::nullopt};
  entry = std::move(whole);
}

namespace {

/// What the results of tasks under `no_log` say in place of their output.
value censored_output(const value& output) {
  dict out{{"censored", "the output has been hidden due to the fact that "
                        "'no_log: true' was specified for this result"}};
  for (auto* key : {"changed", "failed", "skipped"})
    if (auto* x = output.find(key))
      out.set(key, *x);
  return value{std::move(out)};
}

void write_attempts(record_writer& to, const task_result& r) {
  to.put(uint64_t{r.attempts.size()});
  for (auto& each : r.attempts) {
    to.put(each.number);
    to.put(each.start);
    to.put(each.duration);
    to.put(each.failed);
    to.put(r.censored ? std::string{} : each.msg);
  }
}

void read_attempts(record_reader& from, task_result& r) {
  for (auto n = from.number(); n > 0 && from.sound(); --n) {
    attempt one;
    one.number = static_cast<unsigned>(from.number());
    one.start = from.time();
    one.duration = from.duration();
    one.failed = from.flag();
    one.msg = from.text();
    r.attempts.push_back(std::move(one));
  }
}

/// What version 4 did not know of a result, at the end of its record.
void write_origin(record_writer& to, const task_result& r) {
  to.put(r.place.file ? std::string_view{*r.place.file} : std::string_view{});
  to.put(uint64_t{r.place.at.line});
  to.put(uint64_t{r.place.at.column});
  for (auto& each : r.attempts)
    to.put(each.item ? *each.item + 1 : uint64_t{0});
}

void read_origin(record_reader& from, task_result& r) {
  if (from.at_end())
    return;
  if (auto file = from.text(); !file.empty())
    r.place.file = std::make_shared<const std::string>(std::move(file));
  r.place.at.line = static_cast<uint32_t>(from.number());
  r.place.at.column = static_cast<uint32_t>(from.number());
  for (auto& each : r.attempts)
    if (auto item = from.number(); item > 0)
      each.item = item - 1;
}

// The bits of a result in one number.
enum result_bit : unsigned {
  changed_bit = 1,
  ignored_bit = 2,
  handler_bit = 4,
  censored_bit = 8,
  fatal_bit = 16,
  blocked_bit = 32,
  // `register` got something else than the output.
  own_register_bit = 64,
  added_bit = 128,
  roll_back_bit = 256,
  // What later tasks see of it is not here.
  hidden_bit = 512,
  unreachable_bit = 1024,
};

void write_result(record_writer& to, const task_result& r) {
  to.put(r.name);
  to.put(r.module);
  to.put(r.play);
  to.put(number_of(skip_numbers, r.why_skipped));
  to.put(r.reason);
  to.put(r.failed_dependency);
  to.put(r.censored ? std::string{} : r.msg);
  to.put(r.error);
  to.put(r.censored ? censored_output(r.output) : r.output);
  write_attempts(to, r);
  to.put(r.censored ? std::vector<std::string>{} : r.warnings);
  to.put(r.censored ? value{} : r.diff);
  to.put(r.start);
  to.put(r.end);
  to.put(r.duration);
}

void read_result(record_reader& from, task_result& r) {
  r.name = from.text();
  r.module = from.text();
  r.play = from.text();
  r.why_skipped
    = named_by(skip_numbers, from.number()).value_or(skip_reason::none);
  r.reason = from.text();
  r.failed_dependency = from.text();
  r.msg = from.text();
  r.error = from.text();
  r.output = from.any();
  read_attempts(from, r);
  r.warnings = from.texts();
  r.diff = from.any();
  r.start = from.time();
  r.end = from.time();
  r.duration = from.duration();
}

} // namespace

bool gives_unread(const task_report& report) {
  bool gives = !(report.register_as.empty() && report.variables.empty()
                 && report.facts.empty());
  return gives && (report.secret || report.result->censored);
}

namespace {

/// Whether it has to be known for the run to go on; of what was skipped that
/// is known.
bool is_hidden(const task_report& report) {
  return report.hidden
         || (gives_unread(report)
             && report.result->status != task_status::skipped);
}

} // namespace

void write(record_writer& to, const task_report& from) {
  auto& r = *from.result;
  // Both share their tables when the task registers its own result.
  bool same = from.registered.is_dict() && r.output.is_dict()
              && &from.registered.as_dict() == &r.output.as_dict();
  bool open = !r.censored && !from.secret;
  bool own = !from.register_as.empty() && !same && open;
  auto bit = [](bool on, unsigned what) { return on ? what : 0U; };
  to.put(r.id);
  to.put(number_of(status_numbers, r.status));
  to.put(bit(r.changed, changed_bit) | bit(r.ignored, ignored_bit)
         | bit(r.handler, handler_bit) | bit(r.censored, censored_bit)
         | bit(from.fatal, fatal_bit) | bit(from.blocked, blocked_bit)
         | bit(own, own_register_bit) | bit(r.added, added_bit)
         | bit(from.roll_back, roll_back_bit) | bit(is_hidden(from), hidden_bit)
         | bit(r.unreachable, unreachable_bit));
  write_result(to, r);
  to.put(from.register_as);
  if (own)
    to.put(from.registered);
  to.put(open ? from.variables : dict{});
  to.put(open ? from.facts : dict{});
  to.put(from.notify);
  write_origin(to, r);
  to.put(from.definition);
}

task_report read_report(record_reader& from) {
  auto r = std::make_shared<task_result>();
  task_report out;
  r->id = from.text();
  r->status
    = named_by(status_numbers, from.number()).value_or(task_status::pending);
  auto bits = from.number();
  r->changed = (bits & changed_bit) != 0;
  r->ignored = (bits & ignored_bit) != 0;
  r->handler = (bits & handler_bit) != 0;
  r->censored = (bits & censored_bit) != 0;
  r->added = (bits & added_bit) != 0;
  r->unreachable = (bits & unreachable_bit) != 0;
  out.roll_back = (bits & roll_back_bit) != 0;
  out.hidden = (bits & hidden_bit) != 0;
  out.fatal = (bits & fatal_bit) != 0;
  out.blocked = (bits & blocked_bit) != 0;
  read_result(from, *r);
  out.register_as = from.text();
  if (!out.register_as.empty())
    out.registered = (bits & own_register_bit) != 0 ? from.any() : r->output;
  out.variables = from.table();
  out.facts = from.table();
  out.notify = from.texts();
  read_origin(from, *r);
  out.definition = from.at_end() ? 0 : from.number();
  // Up to version 3 nothing said so.
  out.hidden = out.hidden
               || (r->censored && r->status != task_status::skipped
                   && !out.register_as.empty());
  out.result = std::move(r);
  return out;
}

report_head read_report_head(record_reader& from) {
  report_head out;
  out.id = from.text();
  static_cast<void>(from.number());
  static_cast<void>(from.number());
  static_cast<void>(from.text());
  out.module = from.text();
  return out;
}

void write(record_writer& to, const run_ending& from) {
  to.put(from.time);
  to.put(from.failed);
  to.put(from.sentence);
  auto& c = from.counts;
  for (auto n : {c.total, c.ok, c.changed, c.failed, c.timeout, c.skipped,
                 c.cancelled, c.ignored, c.rescued, c.retries})
    to.put(n);
  if (from.rolled_back)
    to.put(*from.rolled_back);
}

run_ending read_ending(record_reader& from) {
  run_ending out;
  out.time = from.time();
  out.failed = from.flag();
  out.sentence = from.text();
  auto& c = out.counts;
  for (auto* n : {&c.total, &c.ok, &c.changed, &c.failed, &c.timeout,
                  &c.skipped, &c.cancelled, &c.ignored, &c.rescued, &c.retries})
    *n = from.number();
  if (!from.at_end())
    out.rolled_back = from.flag();
  return out;
}

} // namespace troupe
