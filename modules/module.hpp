#pragma once

#include "config/value/value.hpp"
#include "platform/predicted/prediction.hpp"
#include "platform/result.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

class language;
class variables;
struct evaluation_terms;

/// What an argument accepts; values are converted as Ansible converts them.
enum class arg_type : uint8_t {
  str,
  boolean,
  integer,
  real,
  list,
  dict,
  path,
  /// Kept as it was written.
  raw,
  /// A file mode: octal text or number, or symbolic (`u=rw,g-w`), `preserve`.
  mode,
  /// Seconds: integer, fraction, or `"1m30s"`.
  duration,
  /// A regular expression as Python writes them.
  pattern,
};

/// One argument that a module takes: the only source for its validation, its
/// help and the check of its page.
struct argument {
  std::string_view name;
  arg_type type = arg_type::str;
  std::string_view summary;
  bool required = false;
  /// What is used when the plan says nothing; null when there is no default.
  value fallback = {};
  std::vector<std::string_view> choices = {};
  std::vector<std::string_view> aliases = {};
  /// The type of the items of a list.
  arg_type elements = arg_type::str;
  /// Passwords and the like: see `shown_arguments`.
  bool secret = false;
  /// Its texts are conditions, without braces around them.
  bool conditions = false;
};

/// What one value of an argument needs beside it.
struct needed_beside {
  std::string_view argument;
  std::string_view value;
  /// At least one of these.
  std::vector<std::string_view> names;
};

/// Tasks that only the engine can execute.
enum class engine_task : uint8_t {
  /// Not such a task: a worker calls the module.
  none,
  /// Runs the tasks of a file when it is reached.
  include,
  /// Stands for the tasks of a file, which have its keywords.
  import,
  /// Tells the engine what to do next.
  meta,
  /// Asks what became of a job in the background.
  job_status,
};

/// How a task is done for a host that is reached via a connection.
enum class elsewhere_task : uint8_t {
  /// The module is called there.
  call,
  /// What it needs is read there, and the module is called where the plan is.
  bring_home,
  /// It is about the connection itself.
  reach,
  /// The connection ends with the host, which comes back.
  restart,
  /// Not yet.
  refuse,
};

/// What tasks of a module are about, for people who want to know before what a
/// run does.
struct resource_kind {
  /// A noun: "file"; empty: there is none.
  std::string_view noun = "";
  /// The arguments that name such a thing; the first that was given counts.
  std::vector<std::string_view> named_by = {};
};

/// What a plan may say about a module, and what `troupe modules` prints.
struct module_spec {
  std::string_view name;
  std::string_view summary;
  std::vector<argument> arguments;
  /// Other names that select this module.
  std::vector<std::string_view> aliases = {};
  /// Where the free form (`command: ls /`) goes: the name of an argument, or
  /// empty when the module takes none.
  std::string_view free_form = "";
  /// Groups of which at most one may be given.
  std::vector<std::vector<std::string_view>> mutually_exclusive = {};
  /// Groups of which at least one must be given.
  std::vector<std::vector<std::string_view>> required_one_of = {};
  std::vector<needed_beside> required_if = {};
  /// Takes arguments that are not listed (`set_fact`, custom modules).
  bool any_arguments = false;
  /// Running it twice is the same as running it once; such a task may be
  /// repeated after a crash.
  bool idempotent = true;
  /// A lock that only one task at a time may hold, such as "dpkg".
  std::string_view lock = "";
  /// Touches nothing on the host and never blocks: needs no worker.
  bool pure = false;
  /// Changes nothing on its host, whatever comes of it (`slurp`): what it could
  /// not find out in check mode is not known, and no change.
  bool only_reads = false;
  /// Of a play's hosts the first does it for all.
  bool once = false;
  /// Done where the playbook is run, whatever host it is about.
  bool at_home = false;
  /// How it is done for a host that is reached via a connection.
  elsewhere_task elsewhere = elsewhere_task::call;
  /// What the engine itself does for such a task; no worker calls the module.
  engine_task engine = engine_task::none;
  /// It does nothing but fail: what decides is whether it runs (`fail`).
  bool always_fails = false;
  /// Its facts are variables, as strong as registered results (`set_fact`).
  bool sets_variables = false;
  resource_kind resource = {};
  /// One task as JSON for the page and `troupe modules NAME`.
  std::string_view example = "";
};

/// The arguments of one task, converted, checked and completed.
class arguments {
public:
  arguments() = default;

  /// `spec` (which must outlive this) says the defaults of what is not given.
  explicit arguments(dict given, const module_spec* spec = nullptr)
      : given_{std::move(given)}, spec_{spec} {
  }

  /// Null pointer when it was neither given nor has a default.
  const value* find(std::string_view name) const;

  /// Whether the plan itself said something, default or not.
  bool given(std::string_view name) const {
    auto* x = given_.find(name);
    return x && !x->is_null();
  }

  bool has(std::string_view name) const {
    return find(name) != nullptr;
  }

  /// The text of an argument of a text type; empty when absent.
  std::string text(std::string_view name) const;
  /// False when absent.
  bool flag(std::string_view name) const;
  int64_t integer(std::string_view name, int64_t fallback = 0) const;
  double real(std::string_view name, double fallback = 0) const;
  std::optional<std::chrono::nanoseconds> duration(std::string_view name) const;
  /// The items of a list argument as text; empty when absent.
  std::vector<std::string> texts(std::string_view name) const;

  /// What was given, without the defaults.
  const dict& all() const {
    return given_;
  }

private:
  dict given_;
  const module_spec* spec_ = nullptr;
};

/// What a task reports. A failed task is an answer, not an error.
struct module_result {
  bool changed = false;
  bool failed = false;
  bool skipped = false;
  /// The deadline passed; the process tree is gone.
  bool timed_out = false;
  /// The run was cancelled while this was going on.
  bool cancelled = false;
  /// In check mode its program was not run: what that would have said is not
  /// known. See `hold_back` in predict.hpp.
  bool held_back = false;
  /// The host that it is for cannot be reached.
  bool unreachable = false;
  std::string msg;
  /// Why it failed, when `failed`.
  std::optional<errc> why;
  /// What else the module returns, under Ansible's names (`stdout`, `rc`,
  /// `dest`, `checksum`, `stat`, ...).
  dict data;
  /// Facts to remember: `ansible_facts` of `setup` and `set_fact`.
  dict facts;
  std::vector<std::string> warnings;
  /// `before`, `after`, headers or `prepared`; a dict or null.
  value diff;
  /// In check mode, what would become of the things that the task is about;
  /// says nothing unless the task counts as changed or not known.
  std::vector<foreseen> things;

  /// A failure with its class and message.
  static module_result failure(errc code, std::string msg);
  static module_result failure(const error& why);
};

/// What was made of a task's source where it lies, when the module is called
/// elsewhere.
struct prepared_source {
  enum class kinds : uint8_t { file, missing, folder };

  std::string path;
  uint32_t mode = 0;
  /// What the module goes on with: a template that is rendered, a file that is
  /// fetched.
  std::string text;
  kinds kind = kinds::file;
};

/// All that a module may touch besides its arguments. No module reads the
/// environment, the clock or the file system in any other way, so that a
/// simulated host can stand in for the machine.
struct module_context {
  host& machine;
  /// Predict only. What is done to files then is only remembered, for those
  /// that come later; no program may be started that changes the host.
  bool check_mode = false;
  /// Fill in `module_result::diff`.
  bool diff_mode = false;
  /// 0 and up, as `-v` counts.
  int verbosity = 0;
  /// Where relative paths of the plan start, and the folders in which `src`
  /// is looked for (plan folder, its `files`, `templates`, ...).
  std::vector<std::string> search_path;
  /// A private folder for temporary files, removed with the run.
  std::string temporary_directory;
  /// The task's `environment`, added to that of processes it starts.
  std::vector<std::pair<std::string, std::string>> environment = {};
  /// When the task must have ended; its processes are ended then.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  /// Set when the run is cancelled.
  std::stop_token stop;
  /// It may not wait: see `evaluation_terms::here`. Only of modules that are
  /// `pure`.
  bool here = false;
  /// For `template`, `assert`, `debug: var=`; null in tests that need none.
  const language* templates = nullptr;
  const variables* names = nullptr;
  /// Bytes to keep of each stream that a program prints; 0: the default of
  /// `process_spec`.
  uint64_t output_limit = 0;
  /// In check mode `machine` itself, null otherwise: to note what does not go
  /// through its files.
  predicted_host* predicted = nullptr;
  /// Null: the source is for the module itself to find.
  const prepared_source* prepared = nullptr;
  /// Called by `changing`; may be empty.
  std::function<void(std::string_view)> on_change = {};

  /// When a wait of the module must be over: at the deadline, if there is one.
  wait_limit limit() const {
    return {deadline.value_or(std::chrono::steady_clock::time_point::max()),
            stop};
  }

  /// In check mode: whether what is missing may be there in a real run, and
  /// (from now on it may) that a program is not run.
  bool unsure() const;
  void doubt() const;

  /// Waits so long; false when the task's time was over or stop was requested
  /// before.
  bool wait(std::chrono::nanoseconds time) const;

  /// Why it has to end when a wait returned false: class `cancelled` or
  /// `timeout`.
  error must_end() const;

  /// Under what a template of the task is evaluated; see language.hpp.
  evaluation_terms terms() const;

  /// To be called before a program is started that changes the host in a way
  /// that does not go through its files, with what it changes: when the
  /// machine dies now, something has to be assumed changed.
  void changing(std::string_view what) const {
    if (on_change)
      on_change(what);
  }
};

/// One kind of task. A module is stateless: all input is in the arguments and
/// the context, all effects go through the host.
class task_module {
public:
  virtual ~task_module() = default;

  virtual const module_spec& spec() const = 0;

  /// Runs the task: compares, stops if equal, applies; what goes through
  /// programs stops before it in check mode, see `module_context`.
  /// May block; called on a worker's thread, several at once.
  virtual module_result run(const arguments& args,
                            const module_context& ctx) const = 0;

  /// The part of it that is done where the plan is, when its host is elsewhere:
  /// `run` is called there with what comes of it. Nothing: there is no such
  /// part, and what the arguments name beside the plan goes along.
  virtual result<std::optional<prepared_source>>
  prepare(const arguments& args, const module_context& ctx) const {
    static_cast<void>(args);
    static_cast<void>(ctx);
    return std::optional<prepared_source>{};
  }

  /// The file of a module that is a program of its own; empty: it is a part of
  /// this one.
  virtual std::string program() const {
    return {};
  }
};

/// The table of modules: register, replace, look up, list.
class module_registry {
public:
  /// Adds a module under its name and aliases; one that is already there
  /// under the same name is replaced.
  void add(std::shared_ptr<const task_module> ptr);

  /// Finds by name, alias or fully qualified name (`ansible.builtin.copy`,
  /// `ansible.legacy.copy`). Null pointer when unknown.
  std::shared_ptr<const task_module> find(std::string_view name) const;

  /// The nearest known name, for messages; empty when nothing is near.
  std::string nearest(std::string_view name) const;

  /// All modules, sorted by name.
  std::vector<std::shared_ptr<const task_module>> all() const;

private:
  std::vector<std::shared_ptr<const task_module>> modules_;
};

/// The modules linked into this program.
module_registry& builtin_modules();

/// One thing that is wrong with the arguments of a task, and where its name or
/// value stands in the plan; line 0: it is about all of them.
struct argument_problem {
  text_position at;
  std::string message;
};

/// Checks `given` against `spec`: unknown names (with the nearest right one),
/// missing and conflicting arguments, types, choices; converts values and
/// fills in defaults. Values that hold templates are only checked for their
/// name when `templates_pending`. Reports every problem, not only the first;
/// `wrong`, unless it is null, gets each by itself.
result<arguments> check_arguments(const module_spec& spec, const dict& given,
                                  bool templates_pending = false,
                                  std::vector<argument_problem>* wrong
                                  = nullptr);

/// What a plan gives a module, for people and for tasks that ask what failed:
/// other words stand for what is secret.
dict shown_arguments(const module_spec& spec, const dict& given);

/// Adds a module to `builtin_modules()`; each module file ends with one.
struct register_module {
  explicit register_module(std::shared_ptr<const task_module> ptr);
};

} // namespace troupe
