#include "actors/engine.hpp"
#include "actors/run/coordinator.hpp"
#include "actors/run/run.hpp"
#include "actors/run/worker.hpp"
#include "actors/state/rollback.hpp"
#include "actors/state/run_folder.hpp"
#include "actors/state/undo_recorder.hpp"
#include "actors/system.hpp"
#include "platform/watchdog.hpp"

#include <caf/actor_system.hpp>
#include <caf/logger.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

namespace troupe {

namespace {

class run_control final : public run_handle {
public:
  run_control(caf::actor_system& system, run_actor run)
      : system_{system}, run_{std::move(run)} {
  }

  void cancel(cancel_reason reason) override {
    caf::anon_send(run_, cancel_atom_v, reason);
  }

  snapshot_ptr query() override {
    snapshot_ptr answer;
    {
      caf::scoped_actor self{system_};
      self->request(run_, caf::infinite, query_atom_v)
        .receive([&](const snapshot_ptr& x) { answer = x; },
                 [](const caf::error&) {
                   // The run has ended: there is nothing to tell.
                 });
    }
    // The actor has tied the system's logger to this thread, and the system
    // would wait for it for ever.
    caf::logger::set_current_actor_system(nullptr);
    return answer;
  }

private:
  caf::actor_system& system_;
  run_actor run_;
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
      = std::make_shared<journal>(what.past->take_log(), ctx.options.durable);
    if (auto noted = out->log->resumed(what.rerun_failed); !noted)
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
  out->undo->folder = what.state->run_folder(ctx.run_id) + "/undo";
  out->modules[undo_module_name]
    = make_undo_module(what.state->run_folder(ctx.run_id));
  if (what.past)
    out->undo->next = what.past->changes().size();
  return context_ptr{std::move(out)};
}

} // namespace

run_outcome execute(const prepared_run& what,
                    std::vector<std::shared_ptr<event_writer>> writers,
                    const std::function<void(run_handle&)>& on_start) {
  run_outcome outcome;
  run_folder folder{*what.ctx->machine, what.ctx->temporary_directory};
  if (!folder.made()) {
    outcome.no_state = folder.made().why().message;
    return outcome;
  }
  watchdog watched;
  // Before anything is written down: there may be no threads for it.
  system_config config;
  auto system = std::make_unique<caf::actor_system>(config);
  start_threads(*system);
  auto journalled = with_journal(what);
  if (!journalled) {
    outcome.no_state = journalled.why().message;
    return outcome;
  }
  auto& ctx = *journalled;
  auto environment = std::make_shared<worker_environment>(worker_environment{
    ctx->machine, ctx->templates, ctx->search_path, ctx->temporary_directory,
    ctx->log, ctx->undo, ctx->secrets});
  run_setting setting;
  setting.ctx = ctx;
  setting.wants_facts = what.wants_facts;
  if (what.state)
    setting.facts_file = what.state->path() + "/facts.json";
  setting.writers = std::move(writers);
  setting.make_worker = [&system, environment] {
    auto made = system->spawn<caf::lazy_init>(worker, environment);
    return give_thread(*system, made) ? made : worker_actor{};
  };
  {
    caf::scoped_actor self{*system};
    auto handle = system->spawn(run, std::move(setting));
    run_control control{*system, handle};
    if (on_start)
      on_start(control);
    self->request(handle, caf::infinite, go_atom_v)
      .receive([&](const outcome_ptr& ended) { outcome = *ended; },
               [&](const caf::error& why) {
                 outcome.broken = "internal error: " + to_string(why);
               });
  }
  // A worker that is stuck in the kernel cannot be joined; its thread ends
  // with the process.
  if (outcome.stuck_workers > 0)
    static_cast<void>(system.release());
  return outcome;
}

} // namespace troupe
