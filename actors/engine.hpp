#pragma once

#include "actors/events.hpp"
#include "actors/report/event_writer.hpp"
#include "actors/run/run_context.hpp"
#include "actors/state/state_directory.hpp"
#include "config/plan/plan_stream.hpp"
#include "config/plan/task_choice.hpp"
#include "config/playbook/playbook_setting.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

class run_starter;
class vault;

/// What a packed runner carries besides its plan.
struct packed_choice {
  /// Settings that win over the plan's; the command line wins over them.
  dict settings;
  /// Variables below those of the command line.
  dict vars;
  /// Where it came from, for messages; empty: nothing was packed.
  std::string source;
  /// What the plan was called when it was packed.
  std::string plan = {};
  /// Names of variables and where they come from at run time.
  std::vector<std::pair<std::string, std::string>> secrets;
  /// Variables that a passphrase opens.
  std::string sealed_vars;
};

/// What a run is asked for besides the plan: the command line, or a program
/// that links the library.
struct run_request {
  /// This host's name in the plan; empty: the plan decides.
  std::string host_name;
  /// The hosts that a playbook is about; null: this one.
  std::shared_ptr<playbook_hosts> hosts;
  /// What a playbook's hosts are without an inventory; null: this one alone.
  std::shared_ptr<playbook_hosts> member;
  /// Keywords around each of its plays; null: none.
  value around_plays;
  bool force_handlers = false;
  /// What Ansible's settings say of it; null: nothing.
  std::shared_ptr<const ansible_settings> ansible;
  /// Where its modules are besides.
  std::vector<std::string> module_folders;
  /// Settings from the defaults, a file and the environment; the plan's come
  /// on top of them.
  settings_builder options;
  packed_choice packed;
  /// Settings that win over all others.
  dict given_settings;
  dict extra_vars;
  /// What was answered to the playbook's `vars_prompt`.
  dict answers;
  /// What no result, event or journal may show; null: nothing.
  std::shared_ptr<const redactor> secrets;
  /// Opens what the plan and its files have encrypted; null: nothing does. What
  /// was opened before the run begins is hidden as `secrets` are.
  std::shared_ptr<const vault> passwords;
  task_choice tasks;
  int verbosity = 0;
  /// How hosts are reached.
  connection_choice dial = {};
  /// A playbook is to be run by all of its hosts: see `conduct`.
  bool conducted = false;
  /// Asked before each task; null: they simply begin.
  std::shared_ptr<task_gate> gate;
  /// A view shows what tasks print while they run: `run_context::board`.
  bool watched = false;
  /// Hears the tags of each task that the run comes to; null: nobody does.
  std::shared_ptr<tag_watch> seen_tags;
  /// Where what outlives the run is kept; null: nowhere.
  std::shared_ptr<state_directory> state;
  /// What a new run is called; a name for a folder. Empty: one is made.
  std::string run_name;
  /// What the journal keeps for `resume`: how the run was asked for.
  dict command;
  /// Go on with the newest run of this plan that has not ended well, if there
  /// is one.
  bool resume = false;
  /// Go on with this run.
  std::string resume_run;
  /// When going on: failed tasks count as not ended.
  bool rerun_failed = false;
  /// When going on: variables that came with it, as the command line has them;
  /// the journal keeps them for whoever goes on later.
  std::vector<std::string> added_vars;
  unknown_policy on_unknown = unknown_policy::fail;
};

/// What is said to who gives an inventory to a plan that is no playbook.
constexpr std::string_view plans_have_hosts
  = "an inventory is for a playbook: a plan brings its hosts along, and --host "
    "says which of them this is";

/// A name for a run: sorts by time, to the millisecond, and tells hosts and
/// processes apart.
std::string new_run_id(std::chrono::system_clock::time_point now);

/// The file in a run's folder that holds `prepared_run::survey`.
constexpr const char* survey_file = "survey";

/// A plan that was read, checked and made ready to run.
struct prepared_run {
  context_ptr ctx;
  bool wants_facts = false;
  /// The hosts that a playbook is about; null: this one.
  std::shared_ptr<playbook_hosts> hosts;
  /// How the run is begun; null: as that of one host.
  std::shared_ptr<const run_starter> starter;
  std::shared_ptr<state_directory> state;
  run_header header;
  /// When the run is gone on with: its journal, until `execute` takes it.
  std::shared_ptr<run_past> past;
  bool rerun_failed = false;
  std::vector<std::string> added_vars;
  /// The text of a plan that is in no file; kept with the run.
  std::string plan_text;
  /// What looking at the tasks of a streamed plan gave; kept with the run as
  /// `survey_file`, so that going on need not look again.
  std::string survey;
  std::vector<std::string> warnings;
  /// Why tasks of a playbook fail when the run comes to them, as far as that is
  /// known before.
  problems foreseen;
  /// Handlers that its tasks notify and that are not there: those that change
  /// something fail.
  problems unheard;

  /// All of these, each as one line.
  std::vector<std::string> all_warnings() const;
};

/// Everything between the text of a plan and a run: parse, read, find custom
/// modules, check. On failure the error's message lists every problem found.
/// `source` is the plan's path ("<stdin>" for none); files it refers to are
/// looked for beside it. `modules` must outlive the run.
result<prepared_run> prepare(std::string_view text, const std::string& source,
                             run_request request, std::shared_ptr<host> machine,
                             const module_registry& modules
                             = builtin_modules());

/// A plan that was put together instead of read.
struct made_plan {
  value document;
  /// What people see where something is wrong; places in the document are
  /// places in it.
  std::string shown;
};

/// The same for a plan that was made, as if its JSON had been read.
result<prepared_run> prepare(const made_plan& from, const std::string& source,
                             run_request request, std::shared_ptr<host> machine,
                             const module_registry& modules
                             = builtin_modules());

/// The same for a plan whose tasks stay in their file. On any problem the
/// message is only good for one's own log: reading the plan as a whole says
/// what is wrong.
result<prepared_run> prepare(const streamed_plan& from, run_request request,
                             std::shared_ptr<host> machine,
                             const module_registry& modules
                             = builtin_modules());

/// A run that can be asked to end, or how far it is, from any thread and at any
/// time: once it has ended nothing happens any more. Nothing here waits.
class run_handle {
public:
  virtual ~run_handle() = default;

  /// A rollback that goes on comes to its end nevertheless; the second time
  /// ends it, and the run can be gone on with.
  virtual void cancel(cancel_reason reason) = 0;

  /// Calls `answer` on a thread of the engine: how far the run is. It is not
  /// called any more once the run has ended.
  virtual void query(std::function<void(const run_snapshot&)> answer) = 0;
};

/// Runs prepared plans, many at once if need be: an actor system and the
/// threads that its runs share. Nothing in it is known to other engines of the
/// process.
class engine {
public:
  /// No more than `threads` for what may block; 0: as many as there is work.
  /// Ends the program's start with an exception of the type std::system_error
  /// when the system has no threads to give.
  explicit engine(unsigned threads = 0);
  /// Waits for the runs.
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  /// Begins a run and feeds the writers. `on_end` hears how it ended, once and
  /// on any thread; also of a run that could not begin.
  std::shared_ptr<run_handle>
  start(const prepared_run& what,
        std::vector<std::shared_ptr<event_writer>> writers,
        std::function<void(run_outcome)> on_end);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// Runs a prepared plan to its end in an engine of its own. `on_start` is
/// called with a handle once the run goes on.
run_outcome
execute(const prepared_run& what,
        std::vector<std::shared_ptr<event_writer>> writers,
        const std::function<void(std::shared_ptr<run_handle>)>& on_start = {});

} // namespace troupe
