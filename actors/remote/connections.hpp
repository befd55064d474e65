#pragma once

#include "actors/remote/call_line.hpp"
#include "actors/remote/connection_setting.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace troupe {

struct job;
struct job_environment;
struct job_result;

/// Does what a run asks of hosts elsewhere without lines to them.
class host_calls {
public:
  virtual ~host_calls() = default;

  /// Calls the module of a job on the host that `job::where` names; see
  /// `call_elsewhere`.
  virtual job_result call(const job& what, const job_environment& environment)
    = 0;

  /// Hears of a call that is done here instead, before it begins. What it
  /// returns is the result, without the call.
  virtual std::optional<module_result> begins_here(const job& /*what*/) {
    return std::nullopt;
  }

  /// Whether it does what is asked of the plan's own host as well.
  virtual bool is_own_host() const {
    return false;
  }
};

/// The lines of a run: one for each host and user that its tasks are done on or
/// as, opened when it is first needed and again after it was lost. From any
/// thread.
class connections {
public:
  /// @param instead does what would be done over lines; null: nothing does
  explicit connections(std::shared_ptr<host> machine,
                       std::shared_ptr<host_calls> instead = nullptr);
  /// Ends all lines.
  ~connections();
  connections(const connections&) = delete;
  connections& operator=(const connections&) = delete;

  /// Who does what would be done over lines; null: nobody.
  host_calls* instead() const {
    return instead_.get();
  }

  /// A line that is open. An error when it cannot be opened now: of the class
  /// `permission_denied` when only the other user could not be had.
  result<std::shared_ptr<call_line>> line(const connection_setting& to,
                                          const wait_limit& limit);

  /// Whether a host answers, for who waits for that: a line that was lost is
  /// opened anew.
  result<void> reach(const connection_setting& to, const wait_limit& limit);

  /// Ends the lines to a host: it begins anew.
  void forget(const connection_setting& to);

private:
  struct entry {
    std::timed_mutex opening;
    std::shared_ptr<call_line> line;
    // Why sudo will not do it: nothing changes that during a run.
    std::optional<error> refused;
  };

  result<std::shared_ptr<call_line>> open(const connection_setting& to,
                                          const wait_limit& limit);
  result<std::shared_ptr<const sent_engine>>
  engine_for(const std::string& architecture);
  std::shared_ptr<entry> entry_of(const connection_setting& to);
  void keep_alive(const std::stop_token& stop);

  std::shared_ptr<host> machine_;
  std::shared_ptr<host_calls> instead_;
  std::mutex mutex_;
  std::map<connection_setting, std::shared_ptr<entry>> entries_;
  // By architecture, and which one a host is of, once that is known.
  std::map<std::string, std::shared_ptr<const sent_engine>> engines_;
  std::map<std::string, std::string> machines_;
  std::condition_variable_any waking_;
  std::jthread keeper_;
};

} // namespace troupe
