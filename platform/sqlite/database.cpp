#include "platform/sqlite/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace troupe {

namespace {

constexpr int patience_ms = 10'000;

} // namespace

int64_t sql_row::number(int column) const {
  return sqlite3_column_int64(at_, column);
}

std::string sql_row::text(int column) const {
  auto* bytes = static_cast<const char*>(sqlite3_column_blob(at_, column));
  auto size = static_cast<size_t>(sqlite3_column_bytes(at_, column));
  return bytes ? std::string{bytes, size} : std::string{};
}

result<std::unique_ptr<database>> database::open(const std::string& path) {
  // It would be made by SQLite with what the umask leaves.
  auto fd
    = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return system_error(errno, "cannot open '" + path + "'");
  ::close(fd);
  sqlite3* at = nullptr;
  auto code = sqlite3_open_v2(path.c_str(), &at,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
                                | SQLITE_OPEN_NOFOLLOW,
                              nullptr);
  std::unique_ptr<database> out{new database{at}};
  out->code_ = code;
  if (code != SQLITE_OK)
    return out->problem("open");
  sqlite3_busy_timeout(at, patience_ms);
  // FULL: a transaction of the write-ahead log is synced when it ends.
  // A write-ahead log is written back every thousand pages, and then is cut to
  // what it may keep.
  auto ok = out->run_all("PRAGMA synchronous=FULL; "
                         "PRAGMA wal_autocheckpoint=1000; "
                         "PRAGMA journal_size_limit=16777216; "
                         "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;");
  if (!ok)
    return ok.why();
  return out;
}

database::~database() {
  for (auto& each : ready_)
    sqlite3_finalize(each.second);
  sqlite3_close_v2(at_);
}

error database::problem(const char* what) const {
  auto primary = code_ & 0xff;
  auto code = errc::system;
  if (primary == SQLITE_FULL || primary == SQLITE_NOMEM)
    code = errc::exhausted;
  else if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED)
    code = errc::timeout;
  else if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB)
    code = errc::runtime;
  return {code, std::string{"database: cannot "} + what + ": "
                  + (at_ ? sqlite3_errmsg(at_) : sqlite3_errstr(code_))};
}

result<void> database::run_all(const std::string& sql) {
  code_ = sqlite3_exec(at_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code_ != SQLITE_OK)
    return problem("run a statement");
  return {};
}

int64_t database::changed() const {
  return sqlite3_changes(at_);
}

sqlite3_stmt* database::ready(const char* sql,
                              const std::vector<sql_value>& with) {
  auto found = std::find_if(ready_.begin(), ready_.end(),
                            [&](auto& each) { return each.first == sql; });
  if (found == ready_.end()) {
    sqlite3_stmt* made = nullptr;
    code_ = sqlite3_prepare_v3(at_, sql, -1, SQLITE_PREPARE_PERSISTENT, &made,
                               nullptr);
    if (code_ != SQLITE_OK)
      return nullptr;
    found = ready_.insert(ready_.end(), {sql, made});
  }
  auto* at = found->second;
  code_ = SQLITE_OK;
  for (int i = 0; i < static_cast<int>(with.size()); ++i) {
    auto& x = with[static_cast<size_t>(i)];
    auto size = static_cast<sqlite3_uint64>(x.text.size());
    // Without an address it would be NULL.
    auto* bytes = x.text.data() ? x.text.data() : "";
    int code = SQLITE_OK;
    if (x.what == sql_value::kind::number)
      code = sqlite3_bind_int64(at, i + 1, x.number);
    else if (x.what == sql_value::kind::text)
      code = sqlite3_bind_text64(at, i + 1, bytes, size, SQLITE_STATIC,
                                 SQLITE_UTF8);
    else
      code = sqlite3_bind_blob64(at, i + 1, bytes, size, SQLITE_STATIC);
    if (code != SQLITE_OK)
      code_ = code;
  }
  return at;
}

bool database::step(sqlite3_stmt* at) {
  if (code_ != SQLITE_OK && code_ != SQLITE_ROW)
    return false;
  code_ = sqlite3_step(at);
  return code_ == SQLITE_ROW;
}

result<void> database::finish(sqlite3_stmt* at) {
  result<void> out;
  if (code_ != SQLITE_DONE && code_ != SQLITE_OK)
    out = problem("run a statement");
  if (at) {
    sqlite3_reset(at);
    sqlite3_clear_bindings(at);
  }
  return out;
}

} // namespace troupe
