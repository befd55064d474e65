#include "tests/actors/staged_run.hpp"

#include <caf/send.hpp>
#include <caf/typed_response_promise.hpp>

namespace troupe::test {

namespace {

class stage_module final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "stage",
      .summary = "Answers from a script.",
      .arguments = {{.name = "key", .fallback = ""},
                    {.name = "value", .type = arg_type::raw}},
    };
    return instance;
  }

  module_result run(const arguments&, const module_context&) const override {
    return module_result::failure(errc::system, "staged workers answer");
  }
};

} // namespace

class staged_run::recorder final : public event_writer {
public:
  explicit recorder(staged_run& to) : to_{to} {
  }

  void on(const run_event& event) override {
    to_.events.push_back(event);
    if (event.result)
      to_.results_[event.result->id] = event.result;
  }

private:
  staged_run& to_;
};

namespace {

result<prepared_run> prepare_staged(const std::string& text, dict settings,
                                    std::vector<std::string> tags,
                                    std::vector<std::string> skip_tags) {
  module_registry modules;
  modules.add(std::make_shared<stage_module>());
  for (auto* name : {"meta", "set_fact", "debug", "async_status"})
    modules.add(builtin_modules().find(name));
  run_request request;
  request.given_settings = std::move(settings);
  request.tags = std::move(tags);
  request.skip_tags = std::move(skip_tags);
  auto made
    = prepare(text, "plan.json", std::move(request), make_real_host(), modules);
  return made;
}

} // namespace

void staged_run::load(const std::string& plan_text) {
  auto made = prepare_staged(plan_text, settings, tags, skip_tags);
  if (!made)
    FAIL(made.why().message);
  ctx_ = made->ctx;
}

std::string staged_run::refusal(const std::string& plan_text) {
  auto made = prepare_staged(plan_text, settings, tags, skip_tags);
  return made ? "" : made.why().message;
}

caf::result<job_result_ptr> staged_run::answer(staged_worker::pointer worker,
                                               const job_ptr& what) {
  auto promise = worker->make_response_promise<job_result_ptr>();
  auto key = what->args.text("key");
  calls.push_back(key);
  busiest = std::max(busiest, ++busy_);
  staged_answer next;
  if (what->module->spec().name != "stage") {
    auto real = std::make_shared<job_result>();
    auto machine = make_real_host();
    real->result = what->module->run(
      what->args, module_context{.machine = *machine,
                                 .templates = ctx_->templates.get(),
                                 .names = what->names.get()});
    --busy_;
    promise.deliver(job_result_ptr{real});
    return promise;
  }
  if (auto& queue = script[key]; !queue.empty()) {
    next = queue.front();
    if (queue.size() > 1)
      queue.pop_front();
  }
  if (next.dies) {
    --busy_;
    worker->quit(caf::make_error(caf::sec::runtime_error, "died on stage"));
    return promise;
  }
  auto made = std::make_shared<job_result>();
  made->result.failed = next.failed;
  made->result.changed = next.changed;
  made->result.skipped = next.skipped;
  made->result.data = next.data;
  made->result.facts = next.facts;
  made->result.msg = next.failed ? "staged failure" : "";
  made->duration = next.takes;
  auto limit = what->deadline;
  // The deadline is real time; the script's durations are virtual.
  auto left = limit ? std::chrono::duration_cast<std::chrono::milliseconds>(
                        *limit - std::chrono::steady_clock::now())
                        + std::chrono::milliseconds{1}
                    : next.takes;
  auto takes = next.takes;
  if (left < takes) {
    takes = left;
    made->result.failed = made->result.timed_out = true;
    made->result.why = errc::timeout;
    made->result.msg = "timed out on stage";
  }
  auto id = ++next_answer_;
  open_.emplace(id, open_answer{promise, std::move(made)});
  if (takes.count() > 0)
    worker->delayed_send(worker, takes, tick_atom_v, id, false);
  else
    worker->send(worker, tick_atom_v, id, false);
  staged_worker handle = worker;
  stops_.push_back(std::make_unique<std::stop_callback<std::function<void()>>>(
    what->stop,
    [handle, id] { caf::anon_send(handle, tick_atom_v, id, true); }));
  return promise;
}

void staged_run::close_answer(uint64_t id, bool stopped) {
  auto at = open_.find(id);
  if (at == open_.end())
    return;
  auto [promise, made] = std::move(at->second);
  open_.erase(at);
  --busy_;
  if (stopped) {
    made->result.failed = made->result.cancelled = true;
    made->result.msg = "ended on stage";
  }
  promise.deliver(job_result_ptr{std::move(made)});
}

worker_actor staged_run::make_worker() {
  if (no_threads)
    return {};
  return system.spawn(
    [this](staged_worker::pointer worker) -> staged_worker::behavior_type {
      return {
        [this, worker](const job_ptr& what) { return answer(worker, what); },
        [this](tick_atom, uint64_t id, bool stopped) {
          close_answer(id, stopped);
        },
      };
    });
}

staged_run::~staged_run() {
  // A test that failed half-way must not leave actors waiting for ever.
  if (!actor || ended())
    return;
  cancel(cancel_reason::terminated);
  for (int i = 0; i < 100 && !ended(); ++i)
    advance(std::chrono::hours{1});
}

void staged_run::start() {
  run_setting setting;
  setting.ctx = ctx_;
  setting.writers.push_back(std::make_shared<recorder>(*this));
  setting.make_worker = [this] { return make_worker(); };
  actor = system.spawn(run, std::move(setting));
  system.spawn([this](caf::event_based_actor* me) {
    me->request(actor, caf::infinite, go_atom_v)
      .then([this](const outcome_ptr& ended) { outcome_ = *ended; },
            [](const caf::error& why) { FAIL(to_string(why)); });
  });
  settle();
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
