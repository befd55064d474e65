#pragma once

#include "actors/fleet/history_store.hpp"
#include "tests/support/fleet_keys.hpp"

#include <stdexcept>
#include <utility>

namespace troupe::test {

/// A store whose disk may be full, or which throws, as its test says.
class spoilt_store final : public history_store {
public:
  explicit spoilt_store(const std::string& path)
      : in_{must(open_sqlite_store(path))} {
  }

  /// What is written is refused.
  bool full = false;
  /// What is written, or asked for, ends in an exception.
  bool broken = false;
  /// What is old stays.
  bool forgets_nothing = false;
  size_t refused = 0;

  result<void> add(std::span<const host_event> events) override {
    auto ok = look();
    return ok ? in_->add(events) : ok;
  }

  result<std::vector<stream_position>> positions(const std::string& host,
                                                 size_t most) override {
    if (broken)
      throw std::runtime_error{"the store has gone mad"};
    return in_->positions(host, most);
  }

  result<std::vector<stored_event>> events(const std::string& run,
                                           const std::string& host,
                                           uint64_t after,
                                           size_t most) override {
    return in_->events(run, host, after, most);
  }

  result<std::vector<stored_event>> endings(const std::string& run) override {
    return in_->endings(run);
  }

  result<bool> forget(const store_bounds& keep) override {
    if (forgets_nothing)
      return error{errc::system, "disk I/O error"};
    return in_->forget(keep);
  }

  result<std::vector<fleet_member>> members() override {
    return in_->members();
  }

  result<void> put(const fleet_member& member) override {
    auto ok = look();
    return ok ? in_->put(member) : ok;
  }

  result<std::vector<reported_run>> reports(size_t most) override {
    return in_->reports(most);
  }

  result<std::vector<reported_run>>
  reports_of(const std::string& run) override {
    return in_->reports_of(run);
  }

  result<std::vector<web_token>> web_tokens() override {
    return in_->web_tokens();
  }

  result<void> put(const web_token& token) override {
    auto ok = look();
    return ok ? in_->put(token) : ok;
  }

  result<void> remove_web_token(const std::string& name) override {
    auto ok = look();
    return ok ? in_->remove_web_token(name) : ok;
  }

  result<std::vector<join_token>> tokens() override {
    return in_->tokens();
  }

  result<void> put(const join_token& token) override {
    auto ok = look();
    return ok ? in_->put(token) : ok;
  }

  result<void> admit(const fleet_member& member,
                     const join_token& token) override {
    auto ok = look();
    return ok ? in_->admit(member, token) : ok;
  }

  result<void> put_order(const std::string& digest,
                         const std::string& bytes) override {
    auto ok = look();
    return ok ? in_->put_order(digest, bytes) : ok;
  }

  result<std::optional<std::string>> order(const std::string& digest) override {
    return in_->order(digest);
  }

  result<std::vector<fleet_run>> runs(size_t most) override {
    return in_->runs(most);
  }

  result<std::optional<fleet_run>> run(const std::string& name) override {
    return in_->run(name);
  }

  result<std::vector<fleet_run_host>>
  hosts_of(const std::string& run) override {
    return in_->hosts_of(run);
  }

  result<void> put(const fleet_run& run,
                   std::span<const fleet_run_host> hosts) override {
    auto ok = look();
    return ok ? in_->put(run, hosts) : ok;
  }

private:
  result<void> look() {
    if (broken)
      throw std::runtime_error{"the store has gone mad"};
    if (!full)
      return {};
    ++refused;
    return error{errc::exhausted, "database or disk is full"};
  }

  std::unique_ptr<history_store> in_;
};

} // namespace troupe::test
