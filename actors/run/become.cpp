#include "actors/run/become.hpp"

#include "actors/remote/carrier.hpp"
#include "actors/state/run_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace troupe {

namespace {

/// Starts every program through sudo.
class sudo_processes final : public process_runner {
public:
  sudo_processes(process_runner& processes, std::vector<std::string> words)
      : processes_{processes}, words_{std::move(words)} {
  }

  result<process_result> run(const process_spec& spec) override {
    auto wrapped = spec;
    wrapped.executable.clear();
    wrapped.argv = words_;
    // By name only: everyone can read the arguments of a program.
    std::string names;
    for (auto& each : spec.environment)
      names += (names.empty() ? "" : ",") + each.first;
    if (!names.empty())
      wrapped.argv.push_back("--preserve-env=" + names);
    wrapped.argv.push_back("--");
    auto program = wrapped.argv.size();
    wrapped.argv.insert(wrapped.argv.end(), spec.argv.begin(), spec.argv.end());
    if (!spec.executable.empty())
      wrapped.argv[program] = spec.executable;
    return processes_.run(wrapped);
  }

  std::string find_program(std::string_view program,
                           const std::vector<std::string>& extra) override {
    return processes_.find_program(program, extra);
  }

  int own_number() override {
    return processes_.own_number();
  }

  bool exists(int number) override {
    return processes_.exists(number);
  }

private:
  process_runner& processes_;
  std::vector<std::string> words_;
};

class sudo_host final : public forwarding_host {
public:
  sudo_host(host& machine, std::vector<std::string> words)
      : forwarding_host{machine}, processes_{machine.processes(),
                                             std::move(words)} {
  }

  process_runner& processes() override {
    return processes_;
  }

private:
  sudo_processes processes_;
};

// Modules that do all they do by starting one program.
constexpr std::array<std::string_view, 3> modules_for_sudo{"command", "shell",
                                                           "raw"};

bool does_one_program(const job& what) {
  return std::find(modules_for_sudo.begin(), modules_for_sudo.end(),
                   what.module->spec().name)
         != modules_for_sudo.end();
}

} // namespace

result<void> other_user::take_rights(const user_account& account) {
  auto& files = machine_->files();
  auto made = make_folder_in(*machine_, users_base, "become");
  if (!made)
    return made.why();
  temporary_ = *made;
  if (auto owned = files.set_owner(temporary_, account.uid, account.gid, false);
      !owned)
    return owned;
  auto taken = machine_->accounts().act_as(
    {account.uid, account.gid, machine_->accounts().groups_of(account)});
  if (!taken)
    return taken.why();
  rights_ = std::move(*taken);
  return {};
}

result<void> other_user::use_sudo(const job& what,
                                  const user_account& account) {
  auto words = sudo_words(what.become_program, what.become_flags);
  if (!words)
    return words.why();
  words->insert(words->end(), {"-n", "-u", account.name});
  through_sudo_ = std::make_unique<sudo_host>(*machine_, std::move(*words));
  machine_ = through_sudo_.get();
  return {};
}

bool other_user::takes_rights(const job& what, host& machine) {
  auto& accounts = machine.accounts();
  auto account = accounts.user(what.become_user);
  return account && accounts.effective_uid() == 0 && account->uid != 0;
}

bool other_user::only_by_engine(const job& what, host& machine) {
  auto account = machine.accounts().user(what.become_user);
  auto me = machine.accounts().effective_uid();
  return account && me != 0 && account->uid != me && what.become_method != "su";
}

result<std::unique_ptr<other_user>> other_user::become(const job& what,
                                                       host& machine) {
  std::unique_ptr<other_user> out{new other_user{machine}};
  auto account = machine.accounts().user(what.become_user);
  if (!account)
    return error{errc::not_found, fmt::format("become_user: there is no user "
                                              "'{}'",
                                              what.become_user)};
  auto me = machine.accounts().effective_uid();
  if (account->uid == me)
    return out;
  if (me == 0) {
    out->environment_ = {{"HOME", account->home},
                         {"USER", account->name},
                         {"LOGNAME", account->name}};
    if (auto taken = out->take_rights(*account); !taken)
      return taken.why();
    return out;
  }
  auto module = what.module->spec().name;
  if (!does_one_program(what))
    return error{errc::permission_denied,
                 fmt::format("become: acting as '{}' with the module {} needs "
                             "a run that is started as root",
                             account->name, module)};
  if (what.become_method == "su")
    return error{errc::permission_denied,
                 "become_method: su would ask for a password; use sudo, or "
                 "start the run as root"};
  if (auto used = out->use_sudo(what, *account); !used)
    return used.why();
  return out;
}

other_user::~other_user() {
  // Its own rights first: the folder is gone with them.
  rights_.reset();
  if (!temporary_.empty())
    remove_folder(*machine_, temporary_);
}

} // namespace troupe
