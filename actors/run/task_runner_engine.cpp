#include "actors/run/block_runner.hpp"
#include "actors/run/task_runner.hpp"

#include <fmt/format.h>

namespace troupe {

// Tasks that the engine itself executes: `meta`, inclusions, and questions
// about jobs in the background.

void task_runner_state::run_engine_task(const arguments& args) {
  auto name = call_->module->spec().name;
  if (name == "meta")
    run_meta(args.text("free_form"));
  else if (name == "async_status")
    ask_background(args);
  else
    include(args.text("file"));
}

void task_runner_state::run_meta(const std::string& action) {
  auto done = [this] {
    item_done(judge(what(), {}, *visible_, locals(), templates()));
  };
  if (action == "flush_handlers") {
    phase_ = phase::flushing;
    self_->request(setting_.play, caf::infinite, flush_atom_v)
      .then(
        [this, done](bool well) {
          // The handlers that failed have said so themselves.
          report_.fatal = report_.fatal || !well;
          done();
        },
        [this](const caf::error& why) {
          item_failed({errc::system, "flush_handlers: " + to_string(why)});
        });
    return;
  }
  if (action.starts_with("end_")) {
    // The blocks around it hear of it first, so that nothing starts behind it.
    phase_ = phase::ending;
    self_->send(setting_.play, finish_atom_v);
    return;
  }
  if (action == "clear_facts")
    self_->send(setting_.state, forget_atom_v, facts_atom_v);
  // The others are about connections, inventories and hosts that failed, of
  // which a run on its own host has none.
  done();
}

void task_runner_state::include(const std::string& file) {
  bool imported = call_->module->spec().name == "import_tasks";
  auto prefix
    = items_ ? fmt::format("{}:{}:", what().id, item_) : what().id + ":";
  auto read = read_inclusion(file, prefix, *setting_.ctx);
  if (!read) {
    item_failed(read.why());
    return;
  }
  included_.push_back(std::move(*read));
  auto& made = *included_.back();
  announce();
  dict names = what().common.vars ? *what().common.vars : dict{};
  for (auto& [key, x] : locals())
    names.set(key, x);
  auto around = std::make_shared<task_scope>(*setting_.scope);
  around->included_vars.insert(around->included_vars.begin(),
                               std::make_shared<const dict>(std::move(names)));
  block_setting setting;
  setting.ctx = made.ctx;
  // The keywords of an import are those of the tasks it stands for; those of
  // an inclusion are its own, except for its variables.
  setting.scope = imported ? scope_ : std::move(around);
  setting.what = &made.tasks;
  setting.added = true;
  setting.names = names_;
  setting.scheduler = setting_.scheduler;
  setting.background = setting_.background;
  setting.state = setting_.state;
  setting.play = setting_.play;
  setting.owner = caf::actor_cast<ending_listener>(self_);
  phase_ = phase::including;
  inside_ = self_->spawn(block_runner, std::move(setting));
  self_->monitor(inside_);
}

void task_runner_state::included_ended(const ending& ended) {
  inside_ = nullptr;
  names_ = ended.names.version >= names_.version ? ended.names : names_;
  if (ended.failed && report_.failed_inside.empty())
    report_.failed_inside = ended.culprit;
  report_.fatal = report_.fatal || ended.fatal;
  report_.roll_back = report_.roll_back || ended.roll_back;
  module_result out;
  out.data.set("include", included_.back()->file);
  out.msg = "included: " + included_.back()->file;
  // What was to come after a failure is as cancelled as the rest.
  if (ended.fatal && !cancelled_)
    cancelled_ = cancel_reason::failed;
  item_done(judge(what(), std::move(out), *visible_, locals(), templates()));
}

} // namespace troupe
