#include "tests/actors/staged_run.hpp"

#include "actors/conduct/conduct.hpp"
#include "actors/supervision.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace troupe::test {

using std::chrono::milliseconds;

/// The worker threads of a staged run. Each works on a real thread, which waits
/// inside the module until its scripted time has passed or it is stopped;
/// nothing else runs meanwhile, so that every run is the same.
class staged_run::stage final : public workers {
public:
  using alarm = caf::typed_actor<caf::reacts_to<tick_atom, uint64_t>>;

  explicit stage(staged_run& owner) : owner_{owner} {
    alarm_ = owner.system.spawn([this](alarm::pointer) {
      return alarm::behavior_type{
        [this](tick_atom, uint64_t id) { close(id); }};
    });
  }

  /// Nobody starts anything any more.
  void end() {
    while (!open_.empty())
      close(open_.begin()->first);
    caf::anon_send_exit(alarm_, caf::exit_reason::kill);
    alarm_ = nullptr;
  }

  bool start(blocking_work what) override {
    if (owner_.no_threads)
      return false;
    owner_.busiest
      = std::max(owner_.busiest, static_cast<unsigned>(open_.size() + 1));
    auto id = ++next_;
    auto& one = open_[id];
    one.work = std::move(what);
    one.thread = std::thread{[this, &one] {
      current = &one;
      one.work.run();
      std::lock_guard held{mutex_};
      one.done = true;
      changed_.notify_all();
    }};
    std::unique_lock held{mutex_};
    changed_.wait(held, [&] { return one.done || one.waits; });
    held.unlock();
    if (!one.stuck)
      one.stopped = std::make_unique<std::stop_callback<std::function<void()>>>(
        one.work.stop, [this, id] { caf::anon_send(alarm_, tick_atom_v, id); });
    if (one.waits)
      caf::delayed_anon_send(alarm_, one.takes, tick_atom_v, id);
    else
      caf::anon_send(alarm_, tick_atom_v, id);
    return true;
  }

  /// Called by the module: waits so long. True when it was stopped before.
  bool pass(milliseconds time, bool stuck) {
    auto& mine = *current;
    if (time.count() == 0)
      return false;
    std::unique_lock held{mutex_};
    mine.takes = time;
    mine.waits = true;
    mine.stuck = stuck;
    changed_.notify_all();
    changed_.wait(held, [&] { return mine.goes_on; });
    return mine.work.stop.stop_requested();
  }

private:
  struct under_way {
    blocking_work work;
    std::thread thread;
    std::unique_ptr<std::stop_callback<std::function<void()>>> stopped;
    milliseconds takes{0};
    bool waits = false;
    bool stuck = false;
    bool goes_on = false;
    bool done = false;
  };

  void close(uint64_t id) {
    auto at = open_.find(id);
    if (at == open_.end())
      return;
    auto& one = at->second;
    {
      std::lock_guard held{mutex_};
      one.goes_on = true;
    }
    changed_.notify_all();
    one.thread.join();
    auto answer = std::move(one.work.answer);
    open_.erase(at);
    answer();
  }

  static thread_local under_way* current;

  staged_run& owner_;
  alarm alarm_;
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t next_ = 0;
  std::map<uint64_t, under_way> open_;
};

thread_local staged_run::stage::under_way* staged_run::stage::current = nullptr;

namespace {

class stage_module final : public task_module {
public:
  explicit stage_module(staged_run& owner) : owner_{owner} {
  }

  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "stage",
      .summary = "Answers from a script.",
      .arguments = {{.name = "key", .fallback = ""},
                    {.name = "value", .type = arg_type::raw}},
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context& ctx) const override {
    return owner_.answer(args.text("key"), ctx);
  }

private:
  staged_run& owner_;
};

/// Stands for the module that collects facts.
class stage_setup final : public task_module {
public:
  explicit stage_setup(staged_run& owner) : owner_{owner} {
  }

  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "setup",
      .summary = "Answers from a script.",
      .arguments = {},
      .any_arguments = true,
    };
    return instance;
  }

  module_result run(const arguments&,
                    const module_context& ctx) const override {
    return owner_.answer("setup", ctx);
  }

private:
  staged_run& owner_;
};

} // namespace

module_result staged_run::answer(const std::string& key,
                                 const module_context& ctx) {
  calls.push_back(key);
  staged_answer next;
  if (auto& queue = script[key]; !queue.empty()) {
    next = queue.front();
    if (queue.size() > 1)
      queue.pop_front();
  }
  if (next.throws)
    throw 1;
  module_result out;
  out.failed = next.failed || next.unreachable;
  out.unreachable = next.unreachable;
  out.changed = next.changed;
  out.skipped = next.skipped;
  out.data = next.data;
  out.facts = next.facts;
  out.msg = next.failed ? "staged failure" : "";
  auto takes = next.takes;
  // The deadline is real time; the script's durations are virtual.
  if (ctx.deadline && !next.stuck) {
    auto left = std::chrono::duration_cast<milliseconds>(
                  *ctx.deadline - std::chrono::steady_clock::now())
                + milliseconds{1};
    if (left < takes) {
      takes = left;
      out.failed = out.timed_out = true;
      out.why = errc::timeout;
      out.msg = "timed out on stage";
    }
  }
  if (stage_->pass(takes, next.stuck)) {
    out.failed = out.cancelled = true;
    out.msg = "ended on stage";
  }
  return out;
}

class staged_run::recorder final : public event_writer {
public:
  explicit recorder(staged_run& to) : to_{to} {
  }

  void on(const run_event& event) override {
    to_.events.push_back(event);
    if (auto* ended = event.as<task_ended>())
      to_.results_[ended->result->id] = ended->result;
  }

private:
  staged_run& to_;
};

troupe::result<prepared_run> staged_run::prepared(const std::string& text) {
  // What a run includes is looked up in it later.
  modules_ = std::make_shared<module_registry>();
  auto& modules = *modules_;
  modules.add(std::make_shared<stage_module>(*this));
  for (auto* name : {"meta", "set_fact", "debug", "async_status", "assert",
                     "include_tasks", "import_tasks"})
    modules.add(builtin_modules().find(name));
  if (script.contains("setup"))
    modules.add(std::make_shared<stage_setup>(*this));
  run_request request;
  request.given_settings = settings;
  request.tasks.tags = tags;
  request.tasks.skip_tags = skip_tags;
  if (!hosts.empty()) {
    request.hosts = std::make_shared<listed_hosts>(hosts);
    request.conducted = true;
    request.dial.kind = "local";
  }
  return prepare(text, "plan.json", std::move(request),
                 machine ? machine : make_real_host(), modules);
}

void staged_run::load(const std::string& plan_text) {
  auto made = prepared(plan_text);
  if (!made)
    FAIL(made.why().message);
  if (!hosts.empty())
    conduct(*made, forks);
  ctx_ = made->ctx;
  starter_ = made->starter;
}

std::string staged_run::refusal(const std::string& plan_text) {
  auto made = prepared(plan_text);
  return made ? "" : made.why().message;
}

staged_run::~staged_run() {
  if (!actor)
    return;
  // A test that failed half-way must not leave actors waiting for ever.
  if (!ended()) {
    cancel(cancel_reason::terminated);
    for (int i = 0; i < 100 && !ended(); ++i)
      advance(std::chrono::hours{1});
  }
  stage_->end();
  settle();
}

void staged_run::start() {
  begin();
  settle();
}

void staged_run::begin() {
  stage_ = std::make_shared<stage>(*this);
  run_setting setting;
  setting.ctx = ctx_;
  setting.sinks.push_back(
    make_immediate_sink(std::make_shared<recorder>(*this)));
  setting.threads = stage_;
  setting.on_end = [this](const run_outcome& how) { outcome_ = how; };
  actor = starter_ ? starter_->start(system, std::move(setting))
                   : any_run_actor{system.spawn(run, std::move(setting))};
  // As an engine does it.
  actor->attach_functor([this](const caf::error& why) {
    if (outcome_)
      return;
    auto& broken = outcome_.emplace();
    broken.how = run_broken{"internal error: the run died: " + words_of(why)};
    broken.sentence = sentence_for(broken);
  });
  caf::anon_send(actor, go_atom_v);
}

void staged_run::cancel(cancel_reason reason) {
  caf::anon_send(actor, cancel_atom_v, reason);
  settle();
}

void staged_run::play_out(std::chrono::hours most) {
  start();
  // Small steps: what is due together must still happen in its order.
  std::chrono::milliseconds step{50};
  for (std::chrono::milliseconds passed{0}; !ended() && passed < most;
       passed += step) {
    step = passed < std::chrono::seconds{20} ? std::chrono::milliseconds{50}
                                             : std::chrono::milliseconds{1000};
    advance(step);
  }
  INFO("the run did not end");
  REQUIRE(ended());
}

const task_result& staged_run::result(const std::string& id) const {
  auto at = results_.find(id);
  INFO("task " << id);
  REQUIRE(at != results_.end());
  return *at->second;
}

std::string staged_run::status(const std::string& id) const {
  auto at = results_.find(id);
  return at == results_.end() ? "none" : to_string(at->second->status);
}

} // namespace troupe::test
