#include "config/plan/plan_reader_task.hpp"

#include "config/plan/conditions_reader.hpp"
#include "config/value/duration.hpp"
#include "platform/result.hpp"

#include <fmt/format.h>

#include <limits>

namespace troupe {

namespace {

constexpr int64_t many = 1'000'000;

/// Whether failures have a class of this name.
bool is_failure_class(std::string_view name) {
  for (auto code = static_cast<int>(errc::invalid_plan);
       code <= static_cast<int>(errc::system); ++code)
    if (name == to_string(static_cast<errc>(code)))
      return true;
  return false;
}

std::shared_ptr<const dict> shared(const dict* from) {
  return from ? std::make_shared<const dict>(*from) : nullptr;
}

} // namespace

keywords read_keywords(fields& in) {
  keywords k;
  k.vars = shared(in.table("vars"));
  k.conditions = read_conditions(in);
  k.tags = in.texts("tags", true);
  if (auto* x = in.find("environment"))
    k.environment = *x;
  k.check_mode = in.flag("check_mode");
  k.diff = in.flag("diff");
  k.no_log = in.flag("no_log");
  k.ignore_errors = in.expression("ignore_errors");
  k.any_errors_fatal = in.flag("any_errors_fatal");
  // One failed host of one is all of them.
  if (auto most = in.integer("max_fail_percentage", 0, 100);
      most && *most < 100)
    k.any_errors_fatal = true;
  k.timeout = in.duration("timeout");
  if (auto n = in.integer("throttle", 0, many); n && *n > 0)
    k.throttle = static_cast<unsigned>(*n);
  k.run_once = in.flag("run_once");
  if (auto* x = in.find("delegate_to"))
    k.delegate_to = *x;
  k.become = in.expression("become");
  if (auto* x = in.find("become_user"))
    k.become_user = *x;
  k.become_method = in.text("become_method").value_or("");
  k.module_defaults = shared(in.table("module_defaults"));
  in.known({"ignore_unreachable", "connection", "remote_user", "port",
            "collections", "debugger"});
  return k;
}

std::optional<failure_policy> read_failure_policy(fields& in) {
  auto* x = in.find("failure_policy");
  if (!x)
    return std::nullopt;
  auto word = x->text_or("");
  if (word == "Abort" || word == "abort")
    return failure_policy::abort;
  if (word == "Continue" || word == "continue")
    return failure_policy::proceed;
  if (word == "Rollback" || word == "rollback")
    return failure_policy::rollback;
  in.fail("failure_policy",
          "'failure_policy': expected Abort, Continue or Rollback");
  return std::nullopt;
}

std::optional<retry_policy> read_retry_policy(const value& from,
                                              input_file& file) {
  fields in{from, file};
  retry_policy policy;
  if (auto n = in.integer("max_attempts", 0, many))
    policy.max_attempts = static_cast<unsigned>(std::max<int64_t>(1, *n));
  if (auto d = in.duration("delay"))
    policy.delay = *d;
  if (auto* x = in.find("backoff")) {
    auto word = x->text_or("");
    if (word == "Fixed" || word == "fixed")
      policy.backoff = backoff_kind::fixed;
    else if (word == "Linear" || word == "linear")
      policy.backoff = backoff_kind::linear;
    else if (word == "Exponential" || word == "exponential")
      policy.backoff = backoff_kind::exponential;
    else
      in.fail("backoff", "'backoff': expected Fixed, Linear or Exponential");
  }
  if (auto d = in.duration("max_delay"))
    policy.max_delay = *d;
  if (auto j = in.flag("jitter"))
    policy.jitter = *j;
  if (auto* x = in.find("retry_on")) {
    policy.only = x->is_list() ? x->as_list().items : std::vector<value>{*x};
    for (auto& each : policy.only)
      if (!is_failure_class(each.text_or("")) && !each.to_int())
        file.refuse(each, "'retry_on': expected return codes or classes of "
                          "failures (timeout, network, command_failed, ...)");
  }
  in.refuse_unknown("a retry policy");
  return policy;
}

namespace {

/// Ansible's `until`, `retries`, `delay`; with `backoff`, `max_delay` and
/// `jitter` beside them.
void read_retries(fields& in, task& t) {
  t.until = in.expression("until");
  if (auto* x = in.find("retry_policy"))
    t.retry = read_retry_policy(*x, in.file());
  auto retries = in.integer("retries", 0, many);
  auto delay = in.duration("delay");
  dict spelled;
  for (auto* key : {"backoff", "max_delay", "jitter", "retry_on"})
    if (auto* x = in.find(key))
      spelled.set(key, *x);
  bool said = retries || delay || !spelled.empty();
  // `until` beside a policy of its own leaves the counting to that.
  if (!said && (t.until.is_null() || t.retry))
    return;
  auto policy = read_retry_policy(value{spelled}, in.file());
  // Ansible counts repetitions after the first attempt.
  policy->max_attempts
    = static_cast<unsigned>(std::max<int64_t>(1, retries.value_or(3) + 1));
  policy->delay = delay.value_or(std::chrono::seconds{5});
  t.retry = policy;
}

// Ansible's `with_NAME`, except `with_items`, which the engine does itself.
constexpr const char* loop_lookups[]
  = {"dict",          "nested",      "together",      "list",
     "sequence",      "subelements", "indexed_items", "fileglob",
     "first_found",   "lines",       "file",          "env",
     "random_choice", "vars",        "varnames",      "inventory_hostnames"};

void read_loop(fields& in, task& t) {
  if (auto* x = in.find("loop"))
    t.loop = *x;
  if (auto* x = in.find("with_items")) {
    t.loop = *x;
    t.flatten_loop = true;
  }
  for (auto* lookup : loop_lookups)
    if (auto* x = in.find(fmt::format("with_{}", lookup))) {
      t.loop = *x;
      t.loop_lookup = lookup;
    }
  if (auto n = in.integer("loop_parallel", 1, many))
    t.loop_parallel = static_cast<unsigned>(*n);
  auto* control = in.find("loop_control");
  if (!control)
    return;
  fields c{*control, in.file()};
  t.control.loop_var = c.text("loop_var").value_or("item");
  t.control.index_var = c.text("index_var").value_or("");
  if (auto* x = c.find("label"))
    t.control.label = *x;
  t.control.pause = c.duration("pause").value_or(std::chrono::nanoseconds{0});
  t.control.extended = c.flag("extended").value_or(false);
  c.refuse_unknown("loop_control");
}

/// Takes `module` and `args`, or Ansible's `MODULE: ARGS`.
void read_action(fields& in, const value& from, task& t) {
  if (auto module = in.text("module")) {
    t.module = *module;
    t.marks.module = in.place_of("module");
  }
  auto* args = in.find("args");
  if (t.module.empty()) {
    auto rest = in.unknown();
    if (rest.size() == 1) {
      t.module = rest.front();
      t.marks.module = in.place_of_key(t.module);
      auto* given = in.find(t.module);
      if (given && (given->is_text() || given->is_dict()))
        args = given;
      else if (given)
        in.fail(t.module, "expected the module's arguments: an object or text");
    } else {
      in.fail("module", rest.empty()
                          ? "a task needs a module"
                          : fmt::format("a task needs a module; found '{}'",
                                        rest.front()));
    }
  }
  dict taken;
  if (args && args->is_dict())
    taken = args->as_dict();
  else if (args && args->is_text())
    taken.set("_raw_params", *args);
  else if (args)
    in.fail("args", "'args': expected an object or text");
  if (args && from.find(t.module) == args)
    if (auto* more = from.find("args"); more && more->is_dict())
      for (auto& [key, x] : more->as_dict())
        taken.set(key, x);
  // Loose plans carry the loop among the arguments.
  if (auto* loop = taken.find("loop"); loop && t.loop.is_null()) {
    t.loop = *loop;
    taken.erase("loop");
  }
  t.args = std::make_shared<const dict>(std::move(taken));
}

void read_task_fields(fields& in, const value& from, task& t) {
  t.place = in.place();
  t.common = read_keywords(in);
  t.dependencies = in.texts("dependencies", false, &t.marks.dependencies);
  if (auto n
      = in.integer("execution_order", std::numeric_limits<int64_t>::min(),
                   std::numeric_limits<int64_t>::max()))
    t.execution_order = *n;
  read_retries(in, t);
  t.on_failure = read_failure_policy(in);
  read_loop(in, t);
  t.register_ = in.text("register").value_or("");
  t.notify = in.texts("notify", false, &t.marks.notify);
  t.listen = in.texts("listen");
  t.failed_when = in.expression("failed_when");
  t.changed_when = in.expression("changed_when");
  t.async = in.integer("async", 0, longest_seconds).value_or(0);
  t.poll = in.integer("poll", 0, many).value_or(15);
  if (auto* x = in.find("rollback")) {
    size_t number = 0;
    for (auto& step : read_nodes(*x, in.file(), number))
      if (auto* inner = std::get_if<task>(&step.what))
        t.rollback.push_back(std::move(*inner));
  }
  // Estimates and classes of planners: nothing the engine acts on.
  in.known(
    {"task_type", "can_run_parallel", "estimated_duration", "risk_level"});
  read_action(in, from, t);
  if (t.name.empty())
    t.name = t.module;
  in.refuse_unknown("a task");
}

block read_block(fields& in, size_t& number) {
  block b;
  b.place = in.place();
  b.id = in.text("id").value_or(fmt::format("block-{}", ++number));
  b.name = in.text("name").value_or("");
  b.common = read_keywords(in);
  b.dependencies = in.texts("dependencies", false, &b.dependency_marks);
  for (auto [key, nodes] : {std::pair{"block", &b.body},
                            {"rescue", &b.rescue},
                            {"always", &b.always}})
    if (auto* x = in.find(key))
      *nodes = read_nodes(*x, in.file(), number);
  in.refuse_unknown("a block");
  return b;
}

} // namespace

node read_node(const value& from, input_file& file, size_t& number) {
  fields in{from, file};
  if (from.find("block"))
    return node{read_block(in, number)};
  task t;
  auto id = in.text("task_id");
  auto other = in.text("id");
  ++number;
  t.marks.id = in.place_of(id ? "task_id" : "id");
  t.id = id ? *id : other ? *other : fmt::format("task-{}", number);
  t.name = in.text("name").value_or("");
  if (auto* hosts = in.find_any({"hosts", "target_hosts"}))
    add_host_condition(t.common, *hosts, file);
  auto hosts = std::move(t.common.conditions);
  read_task_fields(in, from, t);
  t.common.conditions.insert(t.common.conditions.begin(), hosts.begin(),
                             hosts.end());
  return node{std::move(t)};
}

std::vector<node> read_nodes(const value& from, input_file& file,
                             size_t& number) {
  std::vector<node> nodes;
  if (!from.is_list()) {
    file.refuse(from, "expected a list of tasks");
    return nodes;
  }
  nodes.reserve(from.as_list().size());
  for (auto& each : from.as_list())
    nodes.push_back(read_node(each, file, number));
  return nodes;
}

task read_handler(const value& from, input_file& file, size_t number) {
  fields in{from, file};
  task t;
  auto id = in.text("handler_id");
  auto other = in.text("id");
  t.marks.id = in.place_of(id ? "handler_id" : "id");
  t.id = "handler:"
         + (id      ? *id
            : other ? *other
                    : fmt::format("handler-{}", number));
  t.name = in.text("name").value_or("");
  read_task_fields(in, from, t);
  return t;
}

} // namespace troupe
