#pragma once

#include "platform/simulated/simulated_files.hpp"
#include "platform/simulated/simulated_processes.hpp"
#include "platform/simulated/simulated_services.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe {

struct apt_command;

/// What a repository has of one package.
struct simulated_package {
  /// The newest one first.
  std::vector<std::string> versions;
  /// Paths that it brings; those in a folder for programs can be run.
  std::vector<std::string> files = {};
  /// A service that runs once it is installed; empty: none.
  std::string service = {};
};

/// What a package usually has that nobody has described: a program, and the
/// service that it is known for, or else one of its name.
simulated_package usual_package(const std::string& name);

/// Packages in memory that answer as `apt-get`, `apt-cache`, `dpkg` and
/// `dpkg-query`: what the module `apt` asks of them, and what a plan may ask in
/// the same words. No package needs another one. What they do not know ends
/// them with an error that says so.
class simulated_packages {
public:
  /// Installs these programs; what is given must outlive this.
  simulated_packages(simulated_processes& programs, simulated_files& disk,
                     simulated_services& services);

  /// Answers in the words of another package manager instead: "dnf", with
  /// rpm, or "apk".
  void speak(std::string_view manager);

  /// Puts a package into the repository.
  void offer(const std::string& name, simulated_package package);

  /// No repository has it, whatever `offer_all` says.
  void refuse(const std::string& name);

  /// Installs one that is offered.
  void install(const std::string& name);

  /// Whether every package is there that is asked for, though nobody has
  /// offered it: one version, a program and a service of its name.
  void offer_all(bool whether);

  /// The version that is installed; absent: none.
  std::optional<std::string> installed(const std::string& name);

private:
  struct change {
    std::string name;
    /// Empty: it is removed.
    std::string version;
    bool was_there = false;
    /// Its configuration goes as well.
    bool purges = false;
  };

  /// What the repository has of a name; null: nothing. Needs the lock.
  const simulated_package* find(const std::string& name);
  program_answer query(const process_spec& spec);
  program_answer policy(const process_spec& spec);
  program_answer compare(const process_spec& spec);
  program_answer apt_get(const process_spec& spec);
  program_answer rpm(const process_spec& spec);
  program_answer dnf(const process_spec& spec);
  program_answer apk(const process_spec& spec);
  program_answer apply_all(std::vector<change> all, std::string text);
  /// What a command changes; the error is what apt-get says.
  result<std::vector<change>> changes(const apt_command& from);
  result<std::optional<change>> install_of(const std::string& word,
                                           const apt_command& from);
  std::vector<change> upgrades();
  void apply(const std::vector<change>& all);
  void put_files(const simulated_package& package);
  void take_files(const simulated_package& package, bool configuration_too);
  static bool is_program(const std::string& path);

  simulated_processes& programs_;
  simulated_files& disk_;
  simulated_services& services_;
  std::mutex lock_;
  bool has_all_ = false;
  std::set<std::string> refused_;
  std::map<std::string, simulated_package> offered_;
  std::map<std::string, std::string> installed_;
};

} // namespace troupe
