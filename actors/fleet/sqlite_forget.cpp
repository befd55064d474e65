#include "actors/fleet/sqlite_schema.hpp"

namespace troupe {

namespace {

// What is removed at once, while nothing else is stored.
constexpr int64_t events_at_once = 5000;

/// Some events of a run; when they were the last ones, the run itself.
result<void> forget_part(database& in, const std::string& run) {
  auto ok = in.run("DELETE FROM event WHERE id IN "
                   "(SELECT id FROM event WHERE run=?1 LIMIT ?2)",
                   {run, events_at_once});
  if (!ok || in.changed() == events_at_once)
    return ok;
  for (auto* sql :
       {"DELETE FROM stream WHERE run=?1", "DELETE FROM run_host WHERE run=?1",
        "DELETE FROM run WHERE run=?1"})
    if (ok)
      ok = in.run(sql, {run});
  return ok ? in.run("DELETE FROM fleet_order WHERE digest NOT IN "
                     "(SELECT digest FROM run)")
            : ok;
}

} // namespace

result<bool> forget_some(database& in, int64_t since, int64_t runs) {
  std::string run;
  auto take = [&](const sql_row& row) { run = row.text(0); };
  auto ok = in.run(
    "SELECT run FROM run WHERE status IN ('ok','failed','cancelled') AND "
    "(ended<?1 OR rowid<=(SELECT rowid FROM run ORDER BY rowid DESC "
    "LIMIT 1 OFFSET ?2)) ORDER BY rowid LIMIT 1",
    {since, runs}, take);
  // Events without a run: of one that was forgotten before they came.
  if (ok && run.empty())
    ok = in.run("SELECT run FROM stream WHERE run NOT IN (SELECT run FROM run) "
                "GROUP BY run HAVING max(seen)<?1 LIMIT 1",
                {since}, take);
  if (!ok)
    return ok.why();
  if (run.empty()) {
    if (ok = in.run("DELETE FROM token WHERE expires<?1", {since}); !ok)
      return ok.why();
    return false;
  }
  if (ok = in.together([&] { return forget_part(in, run); }); !ok)
    return ok.why();
  return true;
}

} // namespace troupe
