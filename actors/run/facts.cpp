#include "actors/run/facts.hpp"

#include "actors/run/backstop.hpp"
#include "actors/state/run_past.hpp"
#include "actors/supervision.hpp"
#include "config/redactor.hpp"
#include "config/value/json.hpp"
#include "config/value/yaml.hpp"
#include "platform/crypto.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>

namespace troupe {

namespace {

/// The facts of the host together may take so long, as Ansible gives each kind
/// of them.
constexpr std::chrono::seconds gather_timeout{10};

/// A program that yields a fact may take so long.
constexpr std::chrono::seconds custom_fact_timeout{10};

constexpr const char* system_key = "ansible_system";

// No fact of a host begins with it.
constexpr std::string_view custom_prefix = "custom ";

/// What is another one a moment later, or for whoever starts the next run: no
/// run takes them from another one.
constexpr std::pair<const char*, const char*> passing[]
  = {{"date_time", "ansible_date_time"}, {"env", environment_fact}};

/// Arguments of `setup` for those of `passing` that a name is one of; without a
/// name for all. With a filter it does not say what it was asked for.
dict only_passing(std::string_view wanted = {}) {
  list subsets{"!all", "!min"};
  list names;
  for (auto& [subset, name] : passing)
    if (wanted.empty() || wanted == name) {
      subsets.push_back(value{subset});
      names.push_back(value{name});
    }
  return {{"gather_subset", std::move(subsets)}, {"filter", std::move(names)}};
}

/// By which name the cache knows it. Plans share a cache: what one calls `v`
/// is another command in the next one, or read in another way.
std::string cache_key_of(const custom_fact& wanted) {
  sha256 digest;
  for (auto& part :
       {wanted.command, std::to_string(static_cast<int>(wanted.how)),
        wanted.pattern}) {
    // No text goes over into the next one.
    digest.update(std::to_string(part.size()) + ":");
    digest.update(part);
  }
  return fmt::format("{}{} {}", custom_prefix, to_hex(digest.finish()),
                     wanted.name);
}

/// Whether `setup` has found it, for every plan.
bool is_of_host(std::string_view name) {
  return name.starts_with("ansible_") || name == "gather_subset"
         || name == "module_setup";
}

void leave_out_secrets(facts_cache& in, facts_cache::clock::time_point now,
                       const redactor& secrets) {
  for (auto& [key, fact] : in.fresh(now)) {
    if (!secrets.finds(value{dict{{key, fact}}}))
      continue;
    auto name = key.text_or("");
    in.invalidate(name);
    // Without one of them they are not all that another run needs.
    if (is_of_host(name))
      in.invalidate(system_key);
  }
}

} // namespace

facts_collector::facts_collector(context_ptr ctx, std::string cache_file)
    : ctx_{std::move(ctx)}, cache_file_{std::move(cache_file)} {
}

void facts_collector::load() {
  cache_.emplace(ctx_->options.facts_cache_ttl);
  if (cache_file_.empty())
    return;
  // A cache that cannot be read is as good as none.
  if (auto bytes = ctx_->machine->files().read(cache_file_))
    if (auto saved = parse_json(*bytes))
      cache_->load(*saved);
}

facts_ptr facts_collector::known() {
  auto& past = ctx_->past;
  if (!past || !past->facts())
    return nullptr;
  auto out = std::make_shared<fact_set>();
  out->facts = *past->facts();
  try {
    ask_setup(*out, only_passing(environment_fact));
  } catch (const std::exception& problem) {
    out->warnings.push_back(
      fmt::format("facts: internal error: {}", problem.what()));
  }
  return out;
}

facts_ptr facts_collector::collect(std::stop_token stop) {
  stop_ = std::move(stop);
  auto out = std::make_shared<fact_set>();
  try {
    collect_all(*out);
  } catch (const std::exception& problem) {
    out->warnings.push_back(
      fmt::format("facts: internal error: {}", problem.what()));
  }
  return out;
}

void facts_collector::collect_all(fact_set& out) {
  auto now = ctx_->machine->clock().now();
  out.collected = now;
  if (!cache_)
    load();
  bool stale = !cache_->find(system_key, now);
  for (auto& [name, known] : cache_->fresh(now))
    if (is_of_host(name.text_or("")))
      out.facts.set(name, known);
  collect_system(out, now, stale ? dict{} : only_passing());
  for (auto& each : ctx_->what->custom_facts)
    stale = collect_custom(each, out, now) || stale;
  // What was found until the run ended is not all.
  if (stale && !stop_.stop_requested())
    save(out);
}

void facts_collector::collect_system(fact_set& into,
                                     facts_cache::clock::time_point now,
                                     const dict& how) {
  for (auto& [key, fact] : ask_setup(into, how))
    cache_->set(std::string{key.text_or("")}, fact, now);
}

dict facts_collector::ask_setup(fact_set& into, const dict& how) {
  auto setup = ctx_->modules.find("setup");
  if (setup == ctx_->modules.end()) {
    into.warnings.push_back("no facts: there is no module 'setup'");
    return {};
  }
  auto args = check_arguments(setup->second->spec(), how);
  if (!args) {
    into.warnings.push_back("no facts: " + args.why().message);
    return {};
  }
  module_context call{.machine = *ctx_->machine,
                      .search_path = ctx_->search_path,
                      .temporary_directory = ctx_->temporary_directory,
                      .deadline
                      = ctx_->machine->clock().steady_now() + gather_timeout,
                      .stop = stop_};
  auto found = setup->second->run(*args, call);
  into.warnings.insert(into.warnings.end(), found.warnings.begin(),
                       found.warnings.end());
  dict out;
  auto take = [&](const dict& facts) {
    for (auto& [key, x] : facts)
      into.facts.set(key, out.set(key, x.marked_unsafe()));
  };
  if (!found.failed) {
    take(found.facts);
    return out;
  }
  into.warnings.push_back(
    found.why == errc::timeout
      ? fmt::format("facts: some are missing, for collecting them took longer "
                    "than {} s",
                    gather_timeout.count())
      : "facts: " + found.msg);
  if (auto* some = found.data.find("ansible_facts"); some && some->is_dict())
    take(some->as_dict());
  // They are not all that another run needs.
  out.erase(system_key);
  return out;
}

result<value> facts_collector::read_custom(const custom_fact& wanted) {
  process_spec program;
  program.argv = {"/bin/sh", "-c", wanted.command};
  program.deadline = ctx_->machine->clock().steady_now() + custom_fact_timeout;
  program.stop = stop_;
  auto ran = ctx_->machine->processes().run(program);
  if (!ran)
    return ran.why();
  if (ran->cancelled)
    return error{errc::cancelled, "the command was ended with the run"};
  if (ran->timed_out)
    return error{errc::timeout, "the command took longer than 10s"};
  if (ran->rc != 0)
    return error{errc::command_failed,
                 fmt::format("the command ended with {}", ran->rc)};
  auto& bytes = ran->out.bytes;
  switch (wanted.how) {
  case custom_fact::parser::json:
    return parse_json(bytes);
  case custom_fact::parser::yaml: {
    auto read = parse_yaml(bytes, wanted.name);
    if (!read)
      return read.why();
    return *read;
  }
  case custom_fact::parser::regex: {
    dict_variables names{
      dict{{"output", value::from_host(bytes)}, {"wanted", wanted.pattern}}};
    return ctx_->templates->expression("output | regex_search(wanted)", names);
  }
  default: {
    auto end = bytes.find_last_not_of("\r\n");
    bytes.resize(end == std::string::npos ? 0 : end + 1);
    return value{bytes};
  }
  }
}

std::chrono::nanoseconds facts_collector::longest() const {
  return gather_timeout + custom_fact_timeout * ctx_->what->custom_facts.size()
         + backstop;
}

bool facts_collector::collect_custom(const custom_fact& wanted, fact_set& into,
                                     facts_cache::clock::time_point now) {
  auto key = cache_key_of(wanted);
  auto ttl = wanted.ttl.value_or(ctx_->options.facts_cache_ttl);
  if (auto* known = cache_->find(key, now, ttl)) {
    into.facts.set(wanted.name, *known);
    return false;
  }
  if (stop_.stop_requested())
    return false;
  auto got = read_custom(wanted);
  // A failed probe leaves its fact out; the others stay.
  if (!got) {
    into.warnings.push_back(
      fmt::format("fact '{}': {}", wanted.name, got.why().message));
    return true;
  }
  auto fact = got->marked_unsafe();
  into.facts.set(wanted.name, fact);
  cache_->set(std::move(key), std::move(fact), now, ttl);
  return true;
}

void facts_collector::save(fact_set& into) {
  if (cache_file_.empty())
    return;
  auto kept = *cache_;
  kept.clear_expired(into.collected);
  for (auto& [subset, name] : passing)
    kept.invalidate(name);
  if (ctx_->secrets)
    leave_out_secrets(kept, into.collected, *ctx_->secrets);
  file_attributes own;
  own.mode = 0600;
  auto saved
    = ctx_->machine->files().replace(cache_file_, to_json(kept.save()), own);
  if (!saved)
    into.warnings.push_back("facts cache: " + saved.why().message);
}

// -- FACTS --------------------------------------------------------------------

void facts_state::start(std::shared_ptr<facts_collector> collector,
                        std::shared_ptr<workers> threads) {
  collector_ = std::move(collector);
  threads_ = std::move(threads);
}

caf::result<facts_ptr> facts_state::wanted() {
  auto promise = self_->make_response_promise<facts_ptr>();
  if (auto known = collector_->known()) {
    promise.deliver(std::move(known));
    return promise;
  }
  waiting_.push_back(promise);
  if (waiting_.size() > 1)
    return promise;
  // The collector is still with the thread that does not come back.
  if (stuck_)
    give_up("no facts: an earlier try to collect them has not ended yet");
  else if (!start_worker())
    give_up("no facts: there is no thread to collect them");
  return promise;
}

bool facts_state::start_worker() {
  auto answer = std::make_shared<facts_ptr>();
  begun_ = std::make_shared<std::atomic<int64_t>>(0);
  if (!cancelled_)
    stop_ = {};
  blocking_work work;
  work.stop = stop_.get_token();
  work.run = [answer, from = collector_, stop = work.stop, begun = begun_,
              &timer = self_->clock()] {
    *begun = timer.now().time_since_epoch().count();
    *answer = from->collect(stop);
  };
  work.answer = [answer, me = facts_actor{self_}] {
    caf::anon_send(me, facts_ptr{*answer});
  };
  if (!threads_->start(std::move(work)))
    return false;
  self_->delayed_send(self_, collector_->longest(), tick_atom_v, ++number_);
  return true;
}

void facts_state::on_tick(uint64_t number) {
  if (number != number_ || waiting_.empty())
    return;
  // What waited for a thread has begun later.
  caf::actor_clock::time_point begun{
    caf::actor_clock::duration_type{begun_->load()}};
  auto longest = collector_->longest();
  auto left
    = begun_->load() == 0 ? longest : begun + longest - self_->clock().now();
  if (left.count() > 0) {
    self_->delayed_send(self_, left, tick_atom_v, number);
    return;
  }
  stuck_ = true;
  stop_.request_stop();
  give_up("no facts: collecting them did not end at its deadline and was "
          "abandoned");
}

void facts_state::give_up(std::string why) {
  auto none = std::make_shared<fact_set>();
  none->warnings.push_back(std::move(why));
  answer_all(none);
}

void facts_state::cancel() {
  cancelled_ = true;
  stop_.request_stop();
}

void facts_state::collected(const facts_ptr& found) {
  stuck_ = false;
  answer_all(found);
}

void facts_state::answer_all(const facts_ptr& found) {
  for (auto& each : std::exchange(waiting_, {}))
    each.deliver(facts_ptr{found});
}

facts_actor::behavior_type
facts(facts_actor::stateful_pointer<facts_state> self,
      std::shared_ptr<facts_collector> collector,
      std::shared_ptr<workers> threads) {
  supervise(self);
  self->state.start(std::move(collector), std::move(threads));
  return {
    [self](facts_atom) { return self->state.wanted(); },
    [self](cancel_atom, cancel_reason) { self->state.cancel(); },
    [self](const facts_ptr& found) { self->state.collected(found); },
    [self](tick_atom, uint64_t number) { self->state.on_tick(number); },
  };
}

} // namespace troupe
