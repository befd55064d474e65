#pragma once

#include "actors/cli/fleet/fleet_commands.hpp"

#include <set>

namespace troupe {

/// An event of a host, as the controller has it.
struct told_event {
  std::string host;
  /// A line of docs/events.md.
  std::string body;
};

/// Reads the events of a run in the order in which they were stored.
class event_reader {
public:
  /// @param host only its events; empty: those of all
  event_reader(std::string run, std::string host)
      : run_{std::move(run)}, host_{std::move(host)} {
  }

  /// Those behind the ones that it gave before; none: there are no more yet.
  result<std::vector<told_event>> read(fleet_client& from);

private:
  std::string run_;
  std::string host_;
  uint64_t after_ = 0;
};

/// What people see of an event; empty: nothing.
std::string line_for(const told_event& event);

/// Whether the link is gone, which says nothing of the run.
bool is_gone(const error& why);

/// Dials a controller that went away, for ten minutes at most; null after
/// saying why it was given up.
std::unique_ptr<fleet_client> call_again(const std::string& folder,
                                         command_line& line);

/// Shows a run until it has ended. When the controller goes away it is dialled
/// again, for ten minutes at most.
class fleet_watch {
public:
  fleet_watch(std::string folder, std::string run, bool json,
              command_line& line)
      : folder_{std::move(folder)}, run_{std::move(run)}, json_{json},
        line_{line}, events_{run_, ""} {
  }

  /// @param call where to begin
  void follow(std::unique_ptr<fleet_client> call);

private:
  /// False: the link is gone.
  result<bool> look(fleet_client& at);
  /// Says once which hosts are waited for, and what keeps the run.
  void tell_away(const value& state);
  void show_end(const value& state);

  std::string folder_;
  std::string run_;
  bool json_;
  command_line& line_;
  event_reader events_;
  std::set<std::string> away_;
  std::string trouble_;
};

} // namespace troupe
