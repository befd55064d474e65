#include "actors/fleet/history_store.hpp"
#include "actors/fleet/sqlite_schema.hpp"

namespace troupe {

namespace {

int64_t seconds(store_time at) {
  return std::chrono::system_clock::to_time_t(at);
}

store_time moment(int64_t seconds) {
  return std::chrono::system_clock::from_time_t(seconds);
}

int64_t bits(uint64_t x) {
  return static_cast<int64_t>(x);
}

/// Words that have no blanks, as one text.
std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (auto& each : words)
    out += out.empty() ? each : "\n" + each;
  return out;
}

std::vector<std::string> parted(const std::string& text) {
  std::vector<std::string> out;
  for (size_t at = 0; at < text.size();) {
    auto end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

fleet_run run_in(const sql_row& row, std::string& unknown) {
  return {row.text(0),
          row.text(1),
          row.text(2),
          row.text(3),
          static_cast<uint64_t>(row.number(4)),
          row.text(5),
          row.text(6),
          status_in(row, 7, unknown),
          moment(row.number(8)),
          moment(row.number(9))};
}

class sqlite_store final : public history_store {
public:
  explicit sqlite_store(std::unique_ptr<database> in) : in_{std::move(in)} {
  }

  result<void> add(std::span<const host_event> events) override {
    return in_->together([&]() -> result<void> {
      for (auto& each : events)
        if (auto ok = add_one(each); !ok)
          return ok;
      return {};
    });
  }

  result<std::vector<stream_position>> positions(const std::string& host,
                                                 size_t most) override {
    std::vector<stream_position> out;
    auto ok = in_->run("SELECT run, part, stored FROM stream WHERE host=?1 "
                       "ORDER BY rowid DESC LIMIT ?2",
                       {host, bits(most)}, [&](const sql_row& row) {
                         out.push_back(
                           {{row.text(0), static_cast<uint64_t>(row.number(1))},
                            static_cast<uint64_t>(row.number(2))});
                       });
    if (!ok)
      return ok.why();
    return out;
  }

  result<std::vector<stored_event>> events(const std::string& run,
                                           const std::string& host,
                                           uint64_t after,
                                           size_t most) override {
    std::vector<stored_event> out;
    // Of a run that was sent only its hosts have anything to tell.
    auto ok = in_->run(
      "SELECT id, host, body FROM event WHERE run=?1 AND id>?2 "
      "AND (?3='' OR host=?3) AND (NOT EXISTS (SELECT 1 FROM run WHERE run=?1) "
      "OR EXISTS (SELECT 1 FROM run_host AS its WHERE its.run=?1 "
      "AND its.host=event.host)) ORDER BY id LIMIT ?4",
      {run, bits(after), host, bits(most)}, [&](const sql_row& row) {
        out.push_back(
          {static_cast<uint64_t>(row.number(0)), row.text(1), row.text(2)});
      });
    if (!ok)
      return ok.why();
    return out;
  }

  result<std::vector<stored_event>> endings(const std::string& run) override {
    std::vector<stored_event> out;
    auto ok = in_->run(
      "SELECT id, host, body FROM event WHERE run=?1 AND rank=?2 "
      "ORDER BY id",
      {run, static_cast<int64_t>(link_rank::ending)}, [&](const sql_row& row) {
        out.push_back(
          {static_cast<uint64_t>(row.number(0)), row.text(1), row.text(2)});
      });
    if (!ok)
      return ok.why();
    return out;
  }

  result<bool> forget(const store_bounds& keep) override {
    return forget_some(*in_, seconds(keep.since), bits(keep.runs));
  }

  result<std::vector<fleet_member>> members() override {
    std::vector<fleet_member> out;
    auto ok = in_->run(
      "SELECT name, role, key, fingerprints, revoked, joined, seen, software, "
      "address, labels, facts FROM member ORDER BY name",
      {}, [&](const sql_row& row) {
        out.push_back({row.text(0), static_cast<link_role>(row.number(1)),
                       row.text(2), parted(row.text(3)), row.number(4) != 0,
                       moment(row.number(5)), moment(row.number(6)),
                       row.text(7), row.text(8), parted(row.text(9)),
                       row.text(10)});
      });
    if (!ok)
      return ok.why();
    return out;
  }

  result<void> put(const fleet_member& x) override {
    auto fingerprints = joined(x.fingerprints);
    auto labels = joined(x.labels);
    return in_->run("INSERT OR REPLACE INTO member VALUES "
                    "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                    {x.name, static_cast<int64_t>(x.role), x.key, fingerprints,
                     int64_t{x.revoked}, seconds(x.joined), seconds(x.seen),
                     x.software, x.address, labels, x.facts});
  }

  result<std::vector<join_token>> tokens() override {
    std::vector<join_token> out;
    auto ok = in_->run(
      "SELECT digest, role, name, expires, asks, approved, used_by, used_key "
      "FROM token",
      {}, [&](const sql_row& row) {
        out.push_back({row.text(0), static_cast<link_role>(row.number(1)),
                       row.text(2), moment(row.number(3)), row.number(4) != 0,
                       row.number(5) != 0, row.text(6), row.text(7)});
      });
    if (!ok)
      return ok.why();
    return out;
  }

  result<void> put(const join_token& x) override {
    return in_->run("INSERT OR REPLACE INTO token VALUES "
                    "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    {x.digest, static_cast<int64_t>(x.role), x.name,
                     seconds(x.expires), int64_t{x.asks}, int64_t{x.approved},
                     x.used_by, x.used_key});
  }

  result<void> admit(const fleet_member& member,
                     const join_token& token) override {
    return in_->together([&]() -> result<void> {
      auto ok = put(token);
      return ok ? put(member) : ok;
    });
  }

  result<void> put_order(const std::string& digest,
                         const std::string& bytes) override {
    return in_->run("INSERT OR IGNORE INTO fleet_order VALUES (?1, ?2)",
                    {digest, sql_value::bytes(bytes)});
  }

  result<std::optional<std::string>> order(const std::string& digest) override {
    std::optional<std::string> out;
    auto ok
      = in_->run("SELECT bytes FROM fleet_order WHERE digest=?1", {digest},
                 [&](const sql_row& row) { out = row.text(0); });
    if (!ok)
      return ok.why();
    return out;
  }

  result<std::vector<fleet_run>> runs(size_t most) override {
    std::vector<fleet_run> out;
    std::string unknown;
    auto ok = in_->run(
      "SELECT run, digest, signature, key, size, submitter, options, status, "
      "submitted, ended FROM run ORDER BY rowid DESC LIMIT ?1",
      {bits(most)},
      [&](const sql_row& row) { out.push_back(run_in(row, unknown)); });
    if (ok)
      ok = all_known(unknown);
    if (!ok)
      return ok.why();
    return out;
  }

  result<std::optional<fleet_run>> run(const std::string& name) override {
    std::optional<fleet_run> out;
    std::string unknown;
    auto ok = in_->run(
      "SELECT run, digest, signature, key, size, submitter, options, status, "
      "submitted, ended FROM run WHERE run=?1",
      {name}, [&](const sql_row& row) { out = run_in(row, unknown); });
    if (ok)
      ok = all_known(unknown);
    if (!ok)
      return ok.why();
    return out;
  }

  result<std::vector<fleet_run_host>>
  hosts_of(const std::string& run) override {
    std::vector<fleet_run_host> out;
    std::string unknown;
    auto ok = in_->run(
      "SELECT host, batch, status, words, since FROM run_host WHERE run=?1 "
      "ORDER BY batch, host",
      {run}, [&](const sql_row& row) {
        out.push_back({row.text(0), static_cast<uint64_t>(row.number(1)),
                       status_in(row, 2, unknown), row.text(3),
                       moment(row.number(4))});
      });
    if (ok)
      ok = all_known(unknown);
    if (!ok)
      return ok.why();
    return out;
  }

  result<std::vector<reported_run>> reports(size_t most) override {
    return read_reports(*in_, bits(most));
  }

  result<std::vector<reported_run>>
  reports_of(const std::string& run) override {
    return read_reports(*in_, run);
  }

  result<std::vector<web_token>> web_tokens() override {
    return read_web_tokens(*in_);
  }

  result<void> put(const web_token& x) override {
    return put_web_token(*in_, x);
  }

  result<void> remove_web_token(const std::string& name) override {
    return in_->run("DELETE FROM web_token WHERE name=?1", {name});
  }

  result<void> put(const fleet_run& x,
                   std::span<const fleet_run_host> hosts) override {
    return in_->together([&]() -> result<void> {
      auto ok = put_one(x);
      for (size_t i = 0; ok && i < hosts.size(); ++i)
        ok = put_one(x.run, hosts[i]);
      return ok;
    });
  }

private:
  result<void> add_one(const host_event& x) {
    auto& at = x.event.at;
    auto ok = in_->run(
      "INSERT OR IGNORE INTO event (host, run, part, sequence, rank, body) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      {x.host, at.stream.run, bits(at.stream.part), bits(at.sequence),
       static_cast<int64_t>(x.event.rank), x.event.body});
    // One that was there already says nothing new.
    if (ok && x.news && in_->changed() > 0)
      ok = put_news(*in_, x.host, at.stream.run, *x.news);
    if (!ok)
      return ok;
    return in_->run(
      "INSERT INTO stream VALUES (?1, ?2, ?3, ?4, strftime('%s','now')) "
      "ON CONFLICT (host, run, part) DO UPDATE SET "
      "stored=max(stored, excluded.stored), seen=excluded.seen",
      {x.host, at.stream.run, bits(at.stream.part), bits(at.sequence)});
  }

  result<void> put_one(const fleet_run& x) {
    return in_->run(
      "INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
      "ON CONFLICT (run) DO UPDATE SET status=excluded.status, "
      "ended=excluded.ended",
      {x.run, x.digest, sql_value::bytes(x.signature), x.key, bits(x.size),
       x.submitter, x.options, to_string(x.status), seconds(x.submitted),
       seconds(x.ended)});
  }

  result<void> put_one(const std::string& run, const fleet_run_host& x) {
    return in_->run("INSERT OR REPLACE INTO run_host VALUES "
                    "(?1, ?2, ?3, ?4, ?5, ?6)",
                    {run, x.host, bits(x.batch), to_string(x.status), x.text,
                     seconds(x.since)});
  }

  std::unique_ptr<database> in_;
};

} // namespace

result<std::unique_ptr<history_store>>
open_sqlite_store(const std::string& path) {
  auto opened = database::open(path);
  if (!opened)
    return opened.why();
  if (auto done = prepare_store(**opened, path); !done)
    return done.why();
  return std::unique_ptr<history_store>{
    std::make_unique<sqlite_store>(std::move(*opened))};
}

} // namespace troupe
