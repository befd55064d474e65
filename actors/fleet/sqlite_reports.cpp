#include "actors/fleet/sqlite_schema.hpp"

namespace troupe {

namespace {

int64_t to_seconds(store_time at) {
  return std::chrono::system_clock::to_time_t(at);
}

store_time to_moment(int64_t seconds) {
  return std::chrono::system_clock::from_time_t(seconds);
}

result<std::vector<reported_run>> reports_in(database& in, const char* sql,
                                             const sql_value& with) {
  std::vector<reported_run> out;
  std::string unknown;
  auto ok = in.run(sql, {with}, [&](const sql_row& row) {
    out.push_back({row.text(0), row.text(1), status_in(row, 2, unknown),
                   row.text(3), row.text(4), to_moment(row.number(5)),
                   to_moment(row.number(6))});
  });
  if (ok)
    ok = all_known(unknown);
  if (!ok)
    return ok.why();
  return out;
}

} // namespace

fleet_status status_in(const sql_row& row, int column, std::string& unknown) {
  auto word = row.text(column);
  auto found = fleet_status_named(word);
  if (!found)
    unknown = word;
  return found.value_or(fleet_status::lost);
}

result<void> all_known(const std::string& unknown) {
  if (unknown.empty())
    return {};
  return error{errc::runtime,
               "history.db has a run of a status that there is not: '" + unknown
                 + "'"};
}

result<void> put_news(database& in, const std::string& host,
                      const std::string& run, const run_news& news) {
  if (news.begins)
    return in.run("INSERT INTO report SELECT ?1, ?2, ?3, ?4, '', "
                  "strftime('%s','now'), 0 "
                  "WHERE NOT EXISTS (SELECT 1 FROM run WHERE run=?2) "
                  "ON CONFLICT (host, run) DO UPDATE SET "
                  "status=excluded.status, plan=excluded.plan, words='', "
                  "ended=0",
                  {host, run, to_string(fleet_status::running), news.text});
  auto status
    = to_string(news.failed ? fleet_status::failed : fleet_status::ok);
  return in.run(
    "INSERT INTO report SELECT ?1, ?2, ?3, '', ?4, 0, strftime('%s','now') "
    "WHERE NOT EXISTS (SELECT 1 FROM run WHERE run=?2) "
    "ON CONFLICT (host, run) DO UPDATE SET status=excluded.status, "
    "words=excluded.words, ended=excluded.ended",
    {host, run, status, news.text});
}

result<std::vector<reported_run>> read_reports(database& in, int64_t most) {
  return reports_in(in,
                    "SELECT host, run, status, plan, words, begun, ended "
                    "FROM report ORDER BY rowid DESC LIMIT ?1",
                    most);
}

result<std::vector<reported_run>> read_reports(database& in,
                                               const std::string& run) {
  return reports_in(in,
                    "SELECT host, run, status, plan, words, begun, ended "
                    "FROM report WHERE run=?1 ORDER BY host",
                    run);
}

result<std::vector<web_token>> read_web_tokens(database& in) {
  std::vector<web_token> out;
  auto ok = in.run(
    "SELECT digest, name, role, made, expires FROM web_token ORDER BY name", {},
    [&](const sql_row& row) {
      out.push_back({row.text(0), row.text(1),
                     static_cast<link_role>(row.number(2)),
                     to_moment(row.number(3)), to_moment(row.number(4))});
    });
  if (!ok)
    return ok.why();
  return out;
}

result<void> put_web_token(database& in, const web_token& token) {
  return in.run("INSERT OR REPLACE INTO web_token "
                "(digest, name, role, made, expires) "
                "VALUES (?1, ?2, ?3, ?4, ?5)",
                {token.digest, token.name, static_cast<int64_t>(token.role),
                 to_seconds(token.made), to_seconds(token.expires)});
}

} // namespace troupe
