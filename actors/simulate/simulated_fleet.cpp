#include "actors/simulate/simulated_fleet.hpp"

#include "config/redactor.hpp"
#include "config/value/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

// The hosts; see fleet_calls.cpp for what is done on them.

namespace {

constexpr size_t longest_shown = 200;

// What modules look for on a host, though nobody has said what it does: it is
// listed as unknown when it is used.
constexpr const char* usual_tools[] = {"tar",
                                       "unzip",
                                       "git",
                                       "crontab",
                                       "sysctl",
                                       "mount",
                                       "umount",
                                       "iptables",
                                       "modprobe",
                                       "locale-gen",
                                       "rsync",
                                       "update-alternatives",
                                       "gpg",
                                       "timedatectl",
                                       "ip",
                                       "pip3",
                                       "python3",
                                       "debconf-show",
                                       "debconf-set-selections"};

/// What a person has written: of `sh -c TEXT` the text.
std::string shown_line(const std::string& line) {
  auto out = line;
  for (std::string_view shell : {"sh -c ", "bash -c "})
    if (line.starts_with(shell))
      out = line.substr(shell.size());
  std::replace(out.begin(), out.end(), '\n', ' ');
  return excerpt(out, longest_shown);
}

bool matches(const std::string& pattern, const std::string& line) {
  if (fits(pattern, line))
    return true;
  for (std::string_view shell : {"sh -c ", "bash -c "})
    if (line.starts_with(shell) && fits(pattern, line.substr(shell.size())))
      return true;
  return false;
}

} // namespace

simulated_fleet::simulated_fleet(fleet_setting setting,
                                 std::shared_ptr<simulated_machine> control,
                                 std::shared_ptr<simulated_clock> clock,
                                 std::shared_ptr<task_names> tasks)
    : setting_{std::move(setting)}, control_{std::move(control)},
      clock_{std::move(clock)}, tasks_{std::move(tasks)}, chance_{
                                                            setting_.seed} {
  auto table = [this](const process_spec& spec, const std::string& line) {
    return answer("localhost", "debian", spec, line);
  };
  control_->programs.consult(table);
  control_->programs.judge_unknown(
    [this](const std::string& line, std::optional<program_answer> said) {
      return judge("localhost", "debian", line, std::move(said));
    });
}

std::shared_ptr<simulated_machine>
simulated_fleet::machine(const std::string& host) {
  return member_of(host).machine;
}

simulated_fleet::member& simulated_fleet::member_of(const std::string& host) {
  auto& out = members_[host];
  if (!out.machine) {
    out.name = host;
    out.profile = &setting_.profile_of(host);
    out.machine = make(host, *out.profile);
    out.unreachable = setting_.unreachable > 0
                      && chance_.happens(setting_.unreachable, "away " + host);
  }
  return out;
}

simulated_machine& simulated_fleet::scene_of(const host_profile& profile) {
  auto& out = scenes_[profile.name];
  if (!out) {
    out = std::make_shared<simulated_machine>(profile.machine, clock_);
    out->disk.put_folder(call_folder);
    for (auto* each : usual_tools)
      out->disk.put(fmt::format("/usr/bin/{}", each), "", 0755);
    for (auto& each : setting_.table.files)
      if (each.holds(profile.name) && each.absent)
        static_cast<void>(out->disk.remove_all(each.path));
      else if (each.holds(profile.name))
        out->disk.put(each.path, each.content, each.mode);
  }
  return *out;
}

void simulated_fleet::set_scene(simulated_machine& on,
                                const std::string& profile) const {
  auto& table = setting_.table;
  for (auto& each : table.services)
    if (each.holds(profile))
      on.services.add(each.name, {.running = each.running,
                                  .enabled = each.running,
                                  .starts = each.running ? 1U : 0U});
  for (auto& each : table.packages) {
    if (!each.holds(profile))
      continue;
    if (each.absent) {
      on.packages.refuse(each.name);
      continue;
    }
    on.packages.offer(each.name, {.versions = {each.version},
                                  .files = each.files,
                                  .service = each.service});
    if (each.installed)
      on.packages.install(each.name);
  }
}

std::shared_ptr<simulated_machine>
simulated_fleet::make(const std::string& host, const host_profile& profile) {
  auto own = profile.machine;
  own.name = host.substr(0, host.find('.'));
  own.seed = seeded_number(setting_.seed, "host " + host);
  auto out
    = std::make_shared<simulated_machine>(own, clock_, &scene_of(profile));
  // What lies beside the plan is seen by calls as if it had been sent.
  out->disk.show(control_->disk, {}, control_folder);
  for (auto* each : usual_tools)
    out->programs.install(each);
  set_scene(*out, profile.name);
  out->programs.consult(
    [this, host, &profile](const process_spec& spec, const std::string& line) {
      return answer(host, profile.name, spec, line);
    });
  out->programs.judge_unknown(
    [this, host, &profile](const std::string& line,
                           std::optional<program_answer> said) {
      return judge(host, profile.name, line, std::move(said));
    });
  return out;
}

void simulated_fleet::show_plan(simulated_machine& to,
                                const std::string& folder) {
  auto real = control_->disk.real_path(folder.empty() ? "." : folder);
  if (!real)
    return;
  to.disk.show(control_->disk, *real, *real);
  to.disk.start_in(control_->disk.working_folder());
}

std::chrono::nanoseconds simulated_fleet::drawn(const time_range& from,
                                                const std::string& key) {
  auto range = static_cast<double>((from.most - from.least).count());
  return from.least
         + std::chrono::nanoseconds{
           range > 0 ? static_cast<int64_t>(range * chance_.draw(key)) : 0};
}

simulated_processes::table_answer
simulated_fleet::answer(const std::string& host, const std::string& profile,
                        const process_spec&, const std::string& line) {
  simulated_processes::table_answer out;
  auto* at = row_for(profile, line, true);
  if (!at)
    return out;
  auto key = fmt::format("{} {}", host, line);
  if (at->takes)
    out.takes = drawn(*at->takes, "takes " + key);
  if (at->rc)
    out.answer = program_answer{.rc = *at->rc, .out = at->out, .err = at->err};
  if (chance_.happens(at->fails, "fails " + key))
    out.answer = program_answer{
      .rc = 1, .err = "the simulation has this program fail here\n"};
  return out;
}

const behaviours::program* simulated_fleet::row_for(const std::string& profile,
                                                    const std::string& line,
                                                    bool usual) const {
  auto& rows = setting_.table.programs;
  auto at = std::find_if(rows.rbegin(), rows.rend(), [&](auto& row) {
    return (usual || !row.usual) && row.holds(profile)
           && matches(row.line, line);
  });
  return at == rows.rend() ? nullptr : &*at;
}

std::optional<program_answer>
simulated_fleet::judge(const std::string& host, const std::string& profile,
                       const std::string& line,
                       std::optional<program_answer> said) {
  // A row that only says how long it takes makes it known all the same.
  if (auto* row = row_for(profile, line, false)) {
    program_answer out;
    if (row->takes)
      out.duration = drawn(*row->takes, fmt::format("takes {} {}", host, line));
    return out;
  }
  auto shown = line;
  if (secrets_)
    secrets_->hide_in(shown);
  note_unknown(host, now_.censored ? "a program of a task under no_log"
                                   : shown_line(shown));
  if (!setting_.unknown_fails)
    return program_answer{};
  return said ? said
              : program_answer{.rc = 127,
                               .err = "the simulation does not know this "
                                      "program\n"};
}

void simulated_fleet::note_unknown(const std::string& host, std::string what) {
  if (auto at = unknown_at_.find(what); at != unknown_at_.end()) {
    ++unknown_[at->second].times;
    return;
  }
  if (unknown_.size() > most_unknown) {
    ++unknown_.back().times;
    return;
  }
  bool last = unknown_.size() == most_unknown;
  auto* task = tasks_->find(now_.task);
  if (!last)
    unknown_at_[what] = unknown_.size();
  bool named = task && !task->name.empty();
  unknown_.push_back({last ? std::string{} : std::move(what), 1,
                      now_.host.empty() ? host : now_.host,
                      named ? task->name : now_.task});
}

} // namespace troupe
