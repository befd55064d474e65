#include "actors/fleet/dispatcher.hpp"
#include "actors/run/task_result.hpp"
#include "config/value/json.hpp"

#include <caf/send.hpp>

namespace troupe {

namespace {

constexpr size_t most_runs_told = 500;

dict shown_run(const fleet_run& x) {
  dict out{{"run", x.run},
           {"status", x.status},
           {"submitted", format_time(x.submitted)},
           {"by", x.submitter},
           {"order", x.digest},
           {"key", x.key}};
  if (x.ended != store_time{})
    out.set("ended", format_time(x.ended));
  return out;
}

} // namespace

void dispatcher_state::answer(const session_said& question,
                              const link_ask& ask) {
  auto body
    = ask.what == link_question::runs ? all_runs() : state_of(ask.subject);
  self_->send(question.session, body
                                  ? answer_to(question, std::move(*body))
                                  : refusal_of(question, body.why().message));
}

result<std::string> dispatcher_state::all_runs() {
  std::lock_guard held{setting_.services.store->mutex};
  auto all = setting_.services.store->kept->runs(most_runs_told);
  if (!all)
    return all.why();
  std::string out;
  for (auto& each : *all)
    out += to_json(value{shown_run(each)}) + "\n";
  return out;
}

result<std::string> dispatcher_state::state_of(const std::string& run_name) {
  std::lock_guard held{setting_.services.store->mutex};
  auto& store = *setting_.services.store->kept;
  auto found = store.run(run_name);
  if (!found)
    return found.why();
  if (!*found)
    return error{errc::not_found, "this fleet has no run " + run_name};
  auto hosts = store.hosts_of(run_name);
  if (!hosts)
    return hosts.why();
  auto out = shown_run(**found);
  list shown;
  for (auto& each : *hosts) {
    if (each.host.empty()) {
      out.set("text", each.text);
      continue;
    }
    dict one{{"host", each.host},
             {"batch", static_cast<int64_t>(each.batch)},
             {"status", each.status}};
    if (!each.text.empty())
      one.set("text", each.text);
    shown.push_back(value{std::move(one)});
  }
  out.set("hosts", value{std::move(shown)});
  return to_json(value{std::move(out)});
}

std::shared_ptr<const std::string>
dispatcher_state::order_of(const std::string& digest) {
  if (order_ && order_digest_ == digest)
    return order_;
  std::lock_guard held{setting_.services.store->mutex};
  auto found = setting_.services.store->kept->order(digest);
  if (!found || !*found)
    return nullptr;
  order_digest_ = digest;
  order_ = std::make_shared<const std::string>(std::move(**found));
  return order_;
}

void dispatcher_state::keep(const run& one) {
  std::lock_guard held{setting_.services.store->mutex};
  if (auto ok = setting_.services.store->kept->put(one.info); !ok)
    static_cast<void>(setting_.services.audit->note(
      {"trouble", "", "", "run " + one.info.run + ": " + ok.why().message}));
}

void dispatcher_state::keep(const run& one, const fleet_run_host& which) {
  std::lock_guard held{setting_.services.store->mutex};
  if (auto ok
      = setting_.services.store->kept->put(one.info.run, std::span{&which, 1});
      !ok)
    static_cast<void>(setting_.services.audit->note(
      {"trouble", "", "", "run " + one.info.run + ": " + ok.why().message}));
}

void dispatcher_state::note(const session_said& from, const std::string& what,
                            const std::string& text) {
  static_cast<void>(setting_.services.audit->note(
    {what, to_text(from.who), from.who.address, text}));
}

} // namespace troupe
