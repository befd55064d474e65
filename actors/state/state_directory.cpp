#include "actors/state/state_directory.hpp"

#include "actors/state/rollback.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

namespace troupe {

namespace {

/// Whoever can write there could make this program do anything. Of folders in
/// one another the outer one comes first: then nobody else can put something in
/// the place of the inner one.
result<void> check_owner(host& machine, const std::string& path) {
  auto there = machine.files().status(path, true);
  if (!there)
    return there.why();
  if (!*there)
    return error{errc::not_found, fmt::format("'{}' is gone", path)};
  if ((*there)->kind != file_kind::directory)
    return error{errc::invalid_argument,
                 fmt::format("'{}' is not a folder", path)};
  auto me = machine.accounts().effective_uid();
  if ((*there)->uid != me)
    return error{errc::permission_denied,
                 fmt::format("'{}' belongs to user {}, not to user {}", path,
                             (*there)->uid, me)};
  if (((*there)->mode & 0022) != 0)
    return error{errc::permission_denied,
                 fmt::format("others may write to '{}' (mode {:04o}); expected "
                             "0700 or 0755",
                             path, (*there)->mode)};
  return {};
}

/// How long one waits at most for what a dead holder of the lock has left: its
/// watchdog takes 4 s to end what does not want to.
constexpr std::chrono::seconds ending_holder{15};

/// Takes the lock. A holder that is dead, or just dying, is no reason to
/// refuse: what it had started is being ended, and then the lock is free.
result<std::unique_ptr<file_lock>> take_lock(host& machine,
                                             const std::string& path,
                                             const std::string& what,
                                             bool wait) {
  auto& clock = machine.clock();
  auto last = clock.steady_now() + ending_holder;
  lock_holder me{machine.processes().own_number(), what};
  for (;;) {
    auto lock = file_lock::take(path, me, wait);
    if (lock || lock.why().code != errc::exhausted)
      return lock;
    auto holder = file_lock::holder_of(path);
    auto now = clock.steady_now();
    // Nobody any more: it can be had.
    bool dead = !holder
                || (holder->process != 0
                    && !machine.processes().exists(holder->process));
    if (!dead || now >= last)
      return lock;
    clock.sleep_until(now + std::chrono::milliseconds{20}, {});
  }
}

/// Files in the folder of a run that ended well, and changed nothing or
/// something.
constexpr const char* idle_mark = "/idle";
constexpr const char* done_mark = "/done";
constexpr const char* single_mark = "/single";

/// So many runs are looked through for what was left when one, or an undo, was
/// killed.
constexpr size_t most_looked_through = 16;

/// The folders in which the last runs replaced files, free of links. `path`:
/// the state folder, free of them too.
std::set<std::string> folders_of_last_runs(host& machine,
                                           const std::string& path) {
  std::set<std::string> out{path};
  auto runs = list_runs(machine, path);
  std::reverse(runs.begin(), runs.end());
  runs.resize(std::min(runs.size(), most_looked_through));
  for (auto& run : runs) {
    auto past = look_to_undo(path, run);
    if (!past)
      continue;
    auto folder = state_directory::runs_folder(path) + "/" + run;
    out.insert({folder, folder + "/undo"});
    if (auto hosts = machine.files().list(folder + "/hosts"))
      for (auto& each : *hosts)
        out.insert({fmt::format("{}/hosts/{}", folder, each),
                    fmt::format("{}/hosts/{}/undo", folder, each)});
    auto take = [&](const run_past& part) {
      for (auto& each : part.changes())
        if (each.path.starts_with('/'))
          out.insert(each.path.substr(0, each.path.rfind('/')));
    };
    for_each_journal(machine, path, **past, take, true);
  }
  return out;
}

/// Removes the unfinished copies that killed runs left beside the files they
/// were about to replace. One that is killed while it does this leaves the rest
/// to the next.
void clear_copies(host& machine, const std::string& path, int dead) {
  auto real = machine.files().real_path(path);
  if (!real)
    return;
  // Somebody may have put a link in the place of such a folder since.
  auto& files = machine.files().without_links();
  for (auto& folder : folders_of_last_runs(machine, *real)) {
    auto names = files.list(folder);
    if (!names)
      continue;
    for (auto& name : *names) {
      auto owner = replacement_owner(name);
      if (owner && (*owner == dead || !machine.processes().exists(*owner)))
        // One that cannot be removed harms nobody.
        static_cast<void>(files.remove(fmt::format("{}/{}", folder, name)));
    }
  }
}

result<std::shared_ptr<journal>> begin_journal(host& machine,
                                               const std::string& folder,
                                               const run_header& header,
                                               bool durable) {
  auto path = folder + "/journal";
  auto beside = path + ".new";
  // Of one that was killed before it had begun. Mostly there is none.
  static_cast<void>(machine.files().remove(beside));
  auto log = record_log::create(beside);
  if (!log)
    return log.why();
  auto& file = **log;
  auto out
    = std::make_shared<journal>(std::move(*log), durable, machine.clock(),
                                std::make_shared<run_key>(key_beside(path)));
  if (auto begun = out->begin(header); !begun)
    return begun.why();
  // Half of a first record would be in the way of all who look for a run.
  if (auto put = file.rename(path); !put)
    return put.why();
  return out;
}

} // namespace

result<std::shared_ptr<state_directory>>
state_directory::open(host& machine, const std::string& path,
                      const std::string& what, bool wait) {
  for (auto& each : {path, runs_folder(path), path + "/tmp"}) {
    if (auto made = make_private_folders(machine.files(), each); !made)
      return made.why();
    if (auto safe = check_owner(machine, each); !safe)
      return safe.why();
  }
  auto lock = take_lock(machine, path + "/lock", what, wait);
  if (!lock)
    return lock.why();
  if (auto& dead = (*lock)->abandoned_by())
    clear_copies(machine, path, dead->process);
  return std::shared_ptr<state_directory>{
    new state_directory{machine, path, std::move(*lock)}};
}

result<void> check_run_folder(host& machine, const std::string& folder) {
  for (auto& each : {folder, folder + "/undo"})
    if (auto safe = check_owner(machine, each);
        !safe && (each == folder || safe.why().code != errc::not_found))
      return safe;
  return {};
}

std::string state_directory::default_path(host& machine) {
  if (machine.accounts().effective_uid() == 0)
    return "/var/lib/troupe";
  auto base = machine.variable("XDG_STATE_HOME").value_or("");
  if (base.starts_with('/'))
    return base + "/troupe";
  auto home = machine.variable("HOME").value_or("");
  return home.starts_with('/') ? home + "/.local/state/troupe" : "";
}

result<std::shared_ptr<journal>>
state_directory::create_run(const run_header& header, bool durable) {
  return create_in(run_folder(header.run), header, durable);
}

result<std::shared_ptr<journal>>
state_directory::create_in(const std::string& folder, const run_header& header,
                           bool durable) {
  for (auto& each : {folder, folder + "/undo"})
    if (auto made = make_private_folders(machine_.files(), each); !made)
      return made.why();
  if (auto safe = check_run_folder(machine_, folder); !safe)
    return safe.why();
  if (has_journal(machine_, folder))
    return error{errc::invalid_argument,
                 fmt::format("there is a journal in '{}'", folder)};
  auto out = begin_journal(machine_, folder, header, durable);
  // Where the disk is full it would stand for a run that has not begun, and be
  // in the way of the last that has.
  if (!out)
    static_cast<void>(machine_.files().remove_all(folder));
  return out;
}

std::string
state_directory::unfinished_run(const std::vector<std::string>& hashes) const {
  auto runs = list_runs(machine_, path_);
  for (auto i = runs.rbegin(); i != runs.rend(); ++i) {
    auto past = look_at_run(path_, *i);
    if (!past
        || std::find(hashes.begin(), hashes.end(), (*past)->header().plan_hash)
             == hashes.end())
      continue;
    auto& ending = (*past)->ending();
    bool open = !ending || ending->failed;
    return open && !taken_back(machine_, path_, **past) ? *i : std::string{};
  }
  return {};
}

void state_directory::remove_old_runs(const std::string& in_use, size_t keep,
                                      size_t keep_open) {
  remove_unbegun(in_use);
  auto runs = list_runs(machine_, path_);
  std::reverse(runs.begin(), runs.end());
  // Neither those that changed nothing nor single tasks drive out a plan's run
  // that can be undone.
  size_t idle = 0;
  size_t single = 0;
  size_t others = 0;
  for (size_t i = 0; i < runs.size(); ++i) {
    auto& count = is_marked(runs[i], idle_mark)     ? idle
                  : is_marked(runs[i], single_mark) ? single
                                                    : others;
    if (count++ < keep || runs[i] == in_use)
      continue;
    // One that failed can be gone on with, or undone. Of one that is half
    // undone the rest is kept nowhere else. What their journals say is not
    // read: with each start that would be all of a hundred runs.
    if (i < keep_open
        && (!has_ended_well(runs[i])
            || is_half_undone(machine_, path_, runs[i])))
      continue;
    // One that cannot be removed is tried again by the next start.
    static_cast<void>(machine_.files().remove_all(run_folder(runs[i])));
  }
}

void state_directory::remove_unbegun(const std::string& in_use) {
  auto names = machine_.files().list(runs_folder(path_));
  if (!names)
    return;
  for (auto& each : *names) {
    auto folder = run_folder(each);
    auto in_it = machine_.files().list(folder);
    // Anything else is somebody's.
    bool unbegun = in_it && each != in_use
                   && std::all_of(in_it->begin(), in_it->end(), [](auto& name) {
                        return name == "undo" || name == "journal.new";
                      });
    if (unbegun)
      static_cast<void>(machine_.files().remove_all(folder));
  }
}

bool state_directory::is_marked(const std::string& run,
                                const char* mark) const {
  return machine_.files().access(run_folder(run) + mark, "");
}

bool state_directory::has_ended_well(const std::string& run) const {
  return is_marked(run, done_mark) || is_marked(run, idle_mark);
}

void state_directory::note_ended_well(const std::string& run, bool changed) {
  // Without the mark it is only kept for longer.
  auto* mark = changed ? done_mark : idle_mark;
  static_cast<void>(
    machine_.files().replace(run_folder(run) + mark, "", {.mode = 0600}));
}

bool is_marked_single(host& machine, const std::string& path,
                      const std::string& run) {
  return machine.files().access(
    state_directory::runs_folder(path) + "/" + run + single_mark, "");
}

void state_directory::note_single(const std::string& run) {
  // Without the mark it only counts among the runs of plans.
  static_cast<void>(machine_.files().replace(run_folder(run) + single_mark, "",
                                             {.mode = 0600}));
}

} // namespace troupe
