#pragma once

#include "actors/cli/command_line.hpp"
#include "actors/cli/member_folder.hpp"
#include "actors/fleet/fleet_client.hpp"

#include <condition_variable>
#include <mutex>

namespace troupe {

/// The subcommands that only the operator's tool has.
std::span<const command_entry> fleet_commands();

void add_controller(CLI::App& app, command_line& line);
void add_agent(CLI::App& app, command_line& line);
void add_fleet(CLI::App& app, command_line& line);
void add_hosts(CLI::App& app, command_line& line);
void add_simulate(CLI::App& app, command_line& line);

/// Where somebody joins a fleet, and as whom.
struct join_options {
  std::string controller;
  std::string token;
  std::string name;
  std::string folder;

  void add_to(CLI::App& command);
};

/// Makes a key and a request, and takes the certificate for it; what is wrong
/// is told.
void join_fleet(const join_options& given, const std::string& usual_folder,
                command_line& line);

/// The membership in a folder; absent after saying that there is none.
std::optional<membership> member_in(const std::string& folder,
                                    command_line& line);

/// A link for the holder of a membership; null after saying why not. Renews
/// a certificate that ends soon.
std::unique_ptr<fleet_client> call_controller(const std::string& folder,
                                              command_line& line);

/// Says why a question was not answered, with the code for it.
void fail_call(const error& why, command_line& line);

/// The lines of an answer, each JSON.
std::vector<value> lines_of(const std::string& answer);

/// The text of a key, or empty.
std::string text_in(const value& from, const char* key);

/// Waits for a signal to end.
class end_request {
public:
  void wait();
  void ask();

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
};

} // namespace troupe
