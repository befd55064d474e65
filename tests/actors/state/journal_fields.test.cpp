#include "actors/state/journal.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

// Which fields come back from a journal. Each structure is taken apart, so that
// a new field is in nobody's way until somebody has said here what a run that
// is gone on with knows of it.

using namespace troupe;

namespace {

module_result whole_module_result() {
  module_result out;
  out.changed = out.failed = out.skipped = out.timed_out = true;
  out.cancelled = out.held_back = out.unreachable = true;
  out.msg = "msg";
  out.why = errc::not_found;
  out.data = {{"rc", 2}};
  out.facts = {{"fact", "known"}};
  out.warnings = {"warned"};
  out.diff = value{dict{{"before", "b"}}};
  out.things.emplace_back();
  return out;
}

judged whole_verdict() {
  judged out;
  out.from = whole_module_result();
  out.output = value{dict{{"rc", 2}}};
  out.kept = value{dict{{"rc", 3}}};
  out.failed = out.changed = out.ignored = out.censored = true;
  out.settled = false;
  out.broken = "failed_when";
  out.broken_by = errc::runtime;
  out.hidden = out.ends_loop = out.ends_all = out.lost = true;
  out.notify = {"handler"};
  out.delegated_to = "other";
  out.told_host = "other -> 192.0.2.1";
  out.cacheable = true;
  out.label = value{"label"};
  return out;
}

task_report whole_report() {
  task_result r;
  r.id = "0";
  r.status = task_status::failed;
  r.output = value{dict{{"rc", 2}}};
  task_report out;
  out.result = std::make_shared<const task_result>(std::move(r));
  out.register_as = "name";
  out.registered = value{"registered"};
  out.variables = {{"variable", 1}};
  out.facts = {{"fact", 2}};
  out.notify = {"handler"};
  out.fatal = out.roll_back = out.blocked = true;
  out.culprit = {"1", "one"};
  out.included_by = {"2"};
  out.failed_inside = {"3", "three"};
  out.unknown = out.unknown_inside = out.lost = out.repeats = true;
  out.clears_errors = true;
  out.definition = 5;
  return out;
}

/// Of the module's own result.
void check_kept(const module_result& read) {
  auto expected = whole_module_result();
  auto& [changed, failed, skipped, timed_out, cancelled, held_back, unreachable,
         msg, why, data, facts, warnings, diff, things]
    = read;
  CHECK((skipped && timed_out && unreachable));
  CHECK(msg == expected.msg);
  CHECK(why == expected.why);
  CHECK(facts == expected.facts);
  CHECK(warnings == expected.warnings);
  CHECK(diff == expected.diff);
  // The verdict says it, after `changed_when` and `failed_when`.
  CHECK_FALSE((changed || failed));
  // Part of the verdict's output.
  CHECK(data.empty());
  // Neither is noted as an end.
  CHECK_FALSE(cancelled);
  // Only of check mode, which has no journal.
  CHECK_FALSE(held_back);
  CHECK(things.empty());
}

} // namespace

TEST_CASE("what a journal keeps of an item's verdict",
          "[actors][journal][M016]") {
  auto expected = whole_verdict();
  record_writer to;
  write(to, expected);
  write_host(to, expected);
  record_reader reader{to.bytes()};
  auto read = read_judged(reader);
  read_host(reader, read);
  REQUIRE((reader.sound() && reader.at_end()));
  auto& [from, output, kept, failed, changed, settled, broken, broken_by,
         ignored, censored, hidden, ends_loop, ends_all, notify, lost,
         delegated_to, told_host, cacheable, label]
    = read;
  check_kept(from);
  CHECK(output == expected.output);
  CHECK(kept == expected.kept);
  CHECK((failed && changed && ignored && hidden && ends_all));
  CHECK(broken == expected.broken);
  CHECK(notify == expected.notify);
  CHECK(delegated_to == expected.delegated_to);
  CHECK(told_host == expected.told_host);
  CHECK(label == expected.label);
  // It is noted when `until` holds, or no attempt is left.
  CHECK(settled);
  // Why is only asked while the task is at work.
  CHECK_FALSE(broken_by);
  // Stands before the verdict where it is sealed.
  CHECK_FALSE(censored);
  // An item that cannot be read was never begun, and one whose host was lost
  // has not ended: neither is noted.
  CHECK_FALSE((ends_loop || lost));
  // Of `set_fact`, which is done again.
  CHECK_FALSE(cacheable);
}

TEST_CASE("what a journal keeps of a task's report",
          "[actors][journal][M016]") {
  auto expected = whole_report();
  auto is_secret = GENERATE(false, true);
  expected.secret = is_secret;
  record_writer to;
  write(to, expected);
  record_reader reader{to.bytes()};
  auto read = read_report(reader);
  REQUIRE((reader.sound() && reader.at_end()));
  auto& [result, register_as, registered, variables, facts, notify, fatal,
         roll_back, blocked, culprit, included_by, failed_inside, unknown,
         unknown_inside, lost, repeats, hidden, secret, clears_errors,
         definition]
    = read;
  CHECK(result->id == "0");
  CHECK(register_as == expected.register_as);
  // What is secret is sealed beside it.
  CHECK(registered == (is_secret ? result->output : expected.registered));
  CHECK(variables == (is_secret ? dict{} : expected.variables));
  CHECK(facts == (is_secret ? dict{} : expected.facts));
  CHECK(hidden == is_secret);
  CHECK_FALSE(secret);
  CHECK(notify == expected.notify);
  CHECK((fatal && roll_back && blocked));
  CHECK(definition == expected.definition);
  // Those that are blocked, unknown, lost or repeat are open for the next
  // process: of them nothing is noted.
  CHECK(culprit.id.empty());
  CHECK_FALSE((unknown || unknown_inside || lost || repeats));
  // `meta` is done again.
  CHECK_FALSE(clears_errors);
  // Comes from where the plan has the task.
  CHECK(included_by.empty());
  // An inclusion is done again, and hears of its tasks.
  CHECK(failed_inside.id.empty());
}
