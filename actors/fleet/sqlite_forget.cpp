#include "actors/fleet/sqlite_schema.hpp"

namespace troupe {

namespace {

// What is removed at once, while nothing else is stored.
constexpr int64_t events_at_once = 5000;

/// The words of what goes on, for SQL.
std::string open_words() {
  std::string out;
  for (auto each : fleet_statuses(false))
    out += (out.empty() ? "'" : ",'") + to_string(each) + "'";
  return out;
}

/// Some events of a run; when they were the last ones, the run itself.
result<void> forget_part(database& in, const std::string& run) {
  auto ok = in.run("DELETE FROM event WHERE id IN "
                   "(SELECT id FROM event WHERE run=?1 LIMIT ?2)",
                   {run, events_at_once});
  if (!ok || in.changed() == events_at_once)
    return ok;
  for (auto* sql :
       {"DELETE FROM stream WHERE run=?1", "DELETE FROM run_host WHERE run=?1",
        "DELETE FROM report WHERE run=?1", "DELETE FROM run WHERE run=?1"})
    if (ok)
      ok = in.run(sql, {run});
  return ok ? in.run("DELETE FROM fleet_order WHERE digest NOT IN "
                     "(SELECT digest FROM run)")
            : ok;
}

/// The same of what one host has told of a run.
result<void> forget_report(database& in, const std::string& host,
                           const std::string& run) {
  auto ok = in.run("DELETE FROM event WHERE id IN (SELECT id FROM event "
                   "WHERE run=?1 AND host=?2 LIMIT ?3)",
                   {run, host, events_at_once});
  if (!ok || in.changed() == events_at_once)
    return ok;
  for (auto* sql : {"DELETE FROM stream WHERE run=?1 AND host=?2",
                    "DELETE FROM report WHERE run=?1 AND host=?2"})
    if (ok)
      ok = in.run(sql, {run, host});
  return ok;
}

/// When hosts have told of too many runs: a part of one that is over, of the
/// host that has told of most. False: there are not too many.
result<bool> forget_reported(database& in, int64_t runs) {
  std::string host;
  std::string run;
  auto ok = in.run(
    "SELECT host, run FROM report WHERE (SELECT count(*) FROM report)>?1 AND "
    "host=(SELECT host FROM report GROUP BY host ORDER BY count(*) DESC "
    "LIMIT 1) ORDER BY status=?2, rowid LIMIT 1",
    {runs, to_string(fleet_status::running)}, [&](const sql_row& row) {
      host = row.text(0);
      run = row.text(1);
    });
  if (ok && !run.empty())
    ok = in.together([&] { return forget_report(in, host, run); });
  if (!ok)
    return ok.why();
  return !run.empty();
}

} // namespace

result<bool> forget_some(database& in, int64_t since, int64_t runs) {
  std::string run;
  auto take = [&](const sql_row& row) { run = row.text(0); };
  static const std::string ended
    = "SELECT run FROM run WHERE status NOT IN (" + open_words()
      + ") AND (ended<?1 OR rowid<=(SELECT rowid FROM run ORDER BY rowid DESC "
        "LIMIT 1 OFFSET ?2)) ORDER BY rowid LIMIT 1";
  auto ok = in.run(ended.c_str(), {since, runs}, take);
  // Events without a run: of one that was forgotten before they came.
  if (ok && run.empty())
    ok = in.run("SELECT run FROM stream WHERE run NOT IN (SELECT run FROM run) "
                "GROUP BY run HAVING max(seen)<?1 LIMIT 1",
                {since}, take);
  if (!ok)
    return ok.why();
  if (run.empty()) {
    if (auto more = forget_reported(in, runs); !more || *more)
      return more;
    for (auto* sql : {"DELETE FROM token WHERE expires<?1",
                      "DELETE FROM web_token WHERE expires<?1"})
      if (ok = in.run(sql, {since}); !ok)
        return ok.why();
    return false;
  }
  if (ok = in.together([&] { return forget_part(in, run); }); !ok)
    return ok.why();
  return true;
}

} // namespace troupe
