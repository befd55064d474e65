#include "actors/engine.hpp"
#include "actors/run/coordinator.hpp"
#include "actors/run/run_starter.hpp"
#include "actors/state/rollback.hpp"
#include "actors/state/run_folder.hpp"
#include "actors/state/undo_recorder.hpp"
#include "actors/supervision.hpp"
#include "actors/system.hpp"
#include "platform/threads.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/logger.hpp>
#include <caf/send.hpp>

#include <condition_variable>
#include <future>
#include <limits>
#include <mutex>
#include <optional>

namespace troupe {

namespace {

/// How long workers may take to come back when all runs have ended.
constexpr std::chrono::seconds workers_patience{3};

/// Spawning ties the system's logger to the thread that does it, and the system
/// would wait for that thread for ever: this one is let go again.
struct untied_thread {
  ~untied_thread() {
    caf::logger::set_current_actor_system(nullptr);
  }
};

/// Asks a run how far it is; says nothing when it has ended.
void ask(caf::event_based_actor* self, const any_run_actor& run,
         const std::function<void(const run_snapshot&)>& answer) {
  supervise(self);
  self->request(run, caf::infinite, query_atom_v)
    .then([answer](const snapshot_ptr& now) { answer(*now); },
          [](const caf::error&) {
            // The run has ended: there is nothing to tell.
          });
}

/// One run and its end, which comes once, whoever tells it first.
class run_control final : public run_handle {
public:
  run_control(caf::actor_system& system,
              std::function<void(run_outcome)> on_end)
      : system_{&system}, on_end_{std::move(on_end)} {
  }

  void attach(any_run_actor run) {
    std::lock_guard held{mutex_};
    run_ = std::move(run);
  }

  void cancel(cancel_reason reason) override {
    std::lock_guard held{mutex_};
    if (run_)
      caf::anon_send(run_, cancel_atom_v, reason);
  }

  void query(std::function<void(const run_snapshot&)> answer) override {
    std::lock_guard held{mutex_};
    if (!run_)
      return;
    untied_thread after;
    system_->spawn(ask, run_, std::move(answer));
  }

  void end(run_outcome how) {
    {
      std::lock_guard held{mutex_};
      run_ = nullptr;
    }
    if (auto tell = std::exchange(on_end_, nullptr))
      tell(std::move(how));
  }

private:
  caf::actor_system* system_;
  std::mutex mutex_;
  any_run_actor run_;
  std::function<void(run_outcome)> on_end_;
};

/// Opens what the run writes down, in a context of its own.
result<context_ptr> with_journal(const prepared_run& what) {
  auto& ctx = *what.ctx;
  // A prediction leaves nothing to go on with.
  if (!what.state || ctx.options.check_mode)
    return what.ctx;
  auto out = std::make_shared<run_context>(ctx);
  if (what.past) {
    out->log
      = what.past->take_journal(ctx.options.durable, ctx.machine->clock());
    if (auto noted = out->log->resumed(what.rerun_failed, what.added_vars);
        !noted)
      return noted.why();
  } else {
    auto made = what.state->create_run(what.header, ctx.options.durable);
    if (!made)
      return made.why();
    out->log = *made;
    auto folder = what.state->run_folder(ctx.run_id) + "/";
    for (auto& [name, content] :
         {std::pair{"plan", &what.plan_text}, {survey_file, &what.survey}})
      if (!content->empty())
        if (auto kept = ctx.machine->files().replace(folder + name, *content,
                                                     {.mode = 0600});
            !kept)
          return kept.why();
  }
  out->undo = std::make_shared<undo_store>();
  out->undo->log = out->log;
  out->undo->secrets = ctx.secrets;
  out->undo->folder = what.state->run_folder(ctx.run_id) + "/undo";
  out->modules[undo_module_name] = make_undo_module(
    what.state->run_folder(ctx.run_id), what.past && what.past->rolled_back());
  if (what.past)
    out->undo->go_on_after(what.past->changes(), ctx.machine->files());
  return context_ptr{std::move(out)};
}

/// What a run that could not begin came to.
run_outcome homeless(const error& why) {
  run_outcome out;
  out.how = run_homeless{why.message};
  out.sentence = why.message;
  return out;
}

} // namespace

struct engine::parts {
  explicit parts(unsigned most)
      : system{std::make_unique<caf::actor_system>(*config)},
        threads{std::make_shared<worker_threads>(
          *system, most ? most : std::numeric_limits<unsigned>::max())} {
    start_threads(*system);
  }

  void run_begins() {
    std::lock_guard held{mutex};
    ++running;
  }

  void run_ends() {
    std::lock_guard held{mutex};
    --running;
    none.notify_all();
  }

  /// Counts a run until nobody has it any more, also when it cannot begin: the
  /// engine would wait for it for ever.
  std::shared_ptr<parts> count_run() {
    run_begins();
    return {this, [](parts* own) { own->run_ends(); }};
  }

  /// Waits for the runs, then for the workers.
  void finish() {
    {
      std::unique_lock held{mutex};
      none.wait(held, [this] { return running == 0; });
    }
    if (threads->finish(workers_patience) == 0)
      return;
    // A worker that is stuck in the kernel cannot be joined; its thread ends
    // with the process, and uses the system until then.
    static_cast<void>(system.release());
    static_cast<void>(config.release());
  }

  // The ends of the last runs use these until the system is gone.
  std::mutex mutex;
  std::condition_variable none;
  size_t running = 0;
  std::unique_ptr<system_config> config = std::make_unique<system_config>();
  std::unique_ptr<caf::actor_system> system;
  std::shared_ptr<worker_threads> threads;
};

engine::engine(unsigned threads) {
  widen_thread_stacks();
  parts_ = std::make_unique<parts>(threads);
}

engine::~engine() {
  parts_->finish();
}

std::shared_ptr<run_handle>
engine::start(const prepared_run& what,
              std::vector<std::shared_ptr<event_writer>> writers,
              std::function<void(run_outcome)> on_end) {
  auto& own = *parts_;
  auto control = std::make_shared<run_control>(*own.system, std::move(on_end));
  auto folder = std::make_shared<run_folder>(*what.ctx->machine,
                                             what.ctx->temporary_directory);
  if (!folder->made()) {
    control->end(homeless(folder->made().why()));
    return control;
  }
  auto journalled = with_journal(what);
  if (!journalled) {
    control->end(homeless(journalled.why()));
    return control;
  }
  run_setting setting;
  setting.ctx = *journalled;
  setting.wants_facts = what.wants_facts;
  if (what.state)
    setting.facts_file = what.state->path() + "/facts.json";
  for (auto& each : writers)
    setting.sinks.push_back(make_sink(each));
  setting.threads = own.threads;
  auto counted = own.count_run();
  auto outcome = std::make_shared<std::optional<run_outcome>>();
  setting.on_end = [outcome](const run_outcome& how) { *outcome = how; };
  untied_thread after;
  any_run_actor run_it
    = what.starter ? what.starter->start(*own.system, std::move(setting))
                   : any_run_actor{own.system->spawn(run, std::move(setting))};
  control->attach(run_it);
  // The folder is on this machine.
  auto machine = what.ctx->machine;
  run_it->attach_functor(
    [=, counted = std::move(counted)](const caf::error& why) mutable {
      if (!*outcome) {
        outcome->emplace().how
          = run_broken{"internal error: the run died: " + words_of(why)};
        (*outcome)->sentence = sentence_for(**outcome);
      }
      // Its files go before anyone hears of the end.
      folder.reset();
      machine.reset();
      control->end(std::move(**outcome));
      counted.reset();
    });
  caf::anon_send(run_it, go_atom_v);
  return control;
}

run_outcome
execute(const prepared_run& what,
        std::vector<std::shared_ptr<event_writer>> writers,
        const std::function<void(std::shared_ptr<run_handle>)>& on_start) {
  std::promise<run_outcome> ended;
  engine mine;
  auto handle = mine.start(what, std::move(writers), [&](run_outcome how) {
    ended.set_value(std::move(how));
  });
  if (on_start)
    on_start(std::move(handle));
  return ended.get_future().get();
}

} // namespace troupe
