#include "actors/fleet/sqlite_schema.hpp"

#include <fmt/format.h>

#include <iterator>

namespace troupe {

namespace {

/// What makes a file of version N one of version N + 1.
constexpr const char* migrations[] = {
  R"(CREATE TABLE event (
       id INTEGER PRIMARY KEY, host TEXT NOT NULL, run TEXT NOT NULL,
       part INTEGER NOT NULL, sequence INTEGER NOT NULL,
       rank INTEGER NOT NULL, body TEXT NOT NULL,
       UNIQUE (run, host, part, sequence));
     CREATE TABLE stream (
       host TEXT NOT NULL, run TEXT NOT NULL, part INTEGER NOT NULL,
       stored INTEGER NOT NULL, PRIMARY KEY (host, run, part));
     CREATE TABLE member (
       name TEXT PRIMARY KEY, role INTEGER NOT NULL, key TEXT NOT NULL,
       fingerprints TEXT NOT NULL, revoked INTEGER NOT NULL,
       joined INTEGER NOT NULL, seen INTEGER NOT NULL,
       software TEXT NOT NULL, address TEXT NOT NULL, labels TEXT NOT NULL,
       facts TEXT NOT NULL);
     CREATE TABLE token (
       digest TEXT PRIMARY KEY, role INTEGER NOT NULL, name TEXT NOT NULL,
       expires INTEGER NOT NULL, asks INTEGER NOT NULL,
       approved INTEGER NOT NULL, used_by TEXT NOT NULL,
       used_key TEXT NOT NULL);
     CREATE TABLE fleet_order (digest TEXT PRIMARY KEY, bytes BLOB NOT NULL);
     CREATE TABLE run (
       run TEXT PRIMARY KEY, digest TEXT NOT NULL, signature BLOB NOT NULL,
       key TEXT NOT NULL, size INTEGER NOT NULL, submitter TEXT NOT NULL,
       options TEXT NOT NULL, status TEXT NOT NULL,
       submitted INTEGER NOT NULL, ended INTEGER NOT NULL);
     CREATE TABLE run_host (
       run TEXT NOT NULL, host TEXT NOT NULL, batch INTEGER NOT NULL,
       status TEXT NOT NULL, words TEXT NOT NULL, PRIMARY KEY (run, host));)",
  R"(ALTER TABLE run_host ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE stream ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;)",
  R"(CREATE TABLE report (
       host TEXT NOT NULL, run TEXT NOT NULL, status TEXT NOT NULL,
       plan TEXT NOT NULL, words TEXT NOT NULL, begun INTEGER NOT NULL,
       ended INTEGER NOT NULL, PRIMARY KEY (host, run));
     CREATE TABLE web_token (
       name TEXT PRIMARY KEY, digest TEXT NOT NULL, role INTEGER NOT NULL,
       made INTEGER NOT NULL, expires INTEGER NOT NULL);)",
  // Without it each page of a run's events costs as much as all of them.
  R"(CREATE INDEX IF NOT EXISTS event_of_run ON event (run);)",
};

constexpr int64_t newest_version = std::size(migrations);

// "trpe": SQLite shows it of a file to whoever looks.
constexpr int64_t own_mark = 0x74727065;
// 256 MiB of 4 KiB.
constexpr int64_t most_pages_looked_at = 65'536;

result<int64_t> number_of(database& in, const char* sql) {
  int64_t out = 0;
  auto ok = in.run(sql, {}, [&](const sql_row& row) { out = row.number(0); });
  if (!ok)
    return ok.why();
  return out;
}

error unsupported(const std::string& path, const std::string& why) {
  return {errc::unsupported, "'" + path + "' " + why};
}

/// Whether the file is one of ours, and of a version that is known here.
result<int64_t> version_of(database& in, const std::string& path) {
  auto version = number_of(in, "PRAGMA user_version");
  auto mark = number_of(in, "PRAGMA application_id");
  auto tables = number_of(in, "SELECT count(*) FROM sqlite_master");
  for (auto* each : {&version, &mark, &tables})
    if (!*each)
      return each->why();
  // The first ones had no mark.
  bool own = *mark == own_mark || (*mark == 0 && *version == 1)
             || (*mark == 0 && *version == 0 && *tables == 0);
  if (!own)
    return unsupported(path, "is a database of another program");
  if (*version < 0 || *version > newest_version)
    return unsupported(
      path, fmt::format("has version {}; this program knows versions up to {}",
                        *version, newest_version));
  return version;
}

/// Of a file that is damaged in its middle too little would be found. One that
/// is large is not looked through: that would take longer than a controller may
/// be away.
result<void> look_through(database& in, const std::string& path) {
  auto pages = number_of(in, "PRAGMA page_count");
  if (!pages)
    return pages.why();
  if (*pages > most_pages_looked_at)
    return {};
  std::string sound;
  auto looked = in.run("PRAGMA quick_check(1)", {},
                       [&](const sql_row& row) { sound = row.text(0); });
  if (looked && sound != "ok")
    return error{errc::runtime, "'" + path + "' is damaged: " + sound
                                  + "; put a copy of it in its place"};
  return looked;
}

} // namespace

result<void> prepare_store(database& in, const std::string& path) {
  auto version = version_of(in, path);
  if (!version)
    return version.why();
  if (auto sound = look_through(in, path); !sound)
    return sound;
  if (auto ok = in.run_all("PRAGMA journal_mode=WAL"); !ok)
    return ok;
  for (auto at = *version; at < newest_version; ++at) {
    auto done = in.together([&] {
      return in.run_all(fmt::format("{} PRAGMA user_version={}; "
                                    "PRAGMA application_id={};",
                                    migrations[at], at + 1, own_mark));
    });
    if (!done)
      return done;
  }
  return {};
}

} // namespace troupe
