#pragma once

#include "platform/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace troupe {

/// What goes into a statement.
struct sql_value {
  enum class kind : uint8_t { number, text, bytes };

  sql_value(int64_t x) : what{kind::number}, number{x} {
  }

  sql_value(const std::string& x) : sql_value{std::string_view{x}} {
  }

  sql_value(std::string_view x) : what{kind::text}, text{x} {
  }

  /// Bytes that are no text.
  static sql_value bytes(std::string_view x) {
    sql_value out{x};
    out.what = kind::bytes;
    return out;
  }

  kind what;
  int64_t number = 0;
  std::string_view text;
};

/// A line of an answer, while it is looked at.
class sql_row {
public:
  explicit sql_row(sqlite3_stmt* at) : at_{at} {
  }

  int64_t number(int column) const;
  std::string text(int column) const;

private:
  sqlite3_stmt* at_;
};

/// A database in a file, of one thread at a time. Statements are kept once
/// they were made ready.
class database {
public:
  /// Makes the file where it is missing, readable by its owner only. What a
  /// transaction has written is on the disk when it has ended. Errors, here and
  /// below: class `exhausted` when there is no room, `timeout` when another
  /// process has held the file for 10 s, `runtime` when it is damaged or none.
  static result<std::unique_ptr<database>> open(const std::string& path);

  ~database();
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  /// Runs several statements that take nothing and give nothing.
  result<void> run_all(const std::string& sql);

  /// Runs one statement; `sql` must be a constant of the program.
  template <class Each>
  result<void> run(const char* sql, const std::vector<sql_value>& with,
                   Each each) {
    auto* at = ready(sql, with);
    while (at && step(at))
      each(sql_row{at});
    return finish(at);
  }

  result<void> run(const char* sql, const std::vector<sql_value>& with = {}) {
    return run(sql, with, [](const sql_row&) {});
  }

  /// How many lines the last statement has changed.
  int64_t changed() const;

  /// All or nothing of what `work` does.
  template <class Work>
  result<void> together(Work work) {
    if (auto ok = run("BEGIN IMMEDIATE"); !ok)
      return ok;
    result<void> done = work();
    if (done)
      done = run("COMMIT");
    if (!done)
      static_cast<void>(run("ROLLBACK"));
    return done;
  }

private:
  explicit database(sqlite3* at) : at_{at} {
  }

  sqlite3_stmt* ready(const char* sql, const std::vector<sql_value>& with);
  bool step(sqlite3_stmt* at);
  result<void> finish(sqlite3_stmt* at);
  error problem(const char* what) const;

  sqlite3* at_;
  int code_ = 0;
  // By where their texts are.
  std::vector<std::pair<const char*, sqlite3_stmt*>> ready_;
};

} // namespace troupe
