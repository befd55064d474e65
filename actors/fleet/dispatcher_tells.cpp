#include "actors/fleet/dispatcher.hpp"
#include "actors/run/task_result.hpp"
#include "config/value/json.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr int64_t usual_runs_told = 500;
constexpr int64_t most_runs_told = 1000;

dict shown_run(const fleet_run& x) {
  dict out{{"run", x.run},
           {"status", to_string(x.status)},
           {"submitted", format_time(x.submitted)},
           {"by", x.submitter},
           {"order", x.digest},
           {"key", x.key}};
  if (x.ended != store_time{})
    out.set("ended", format_time(x.ended));
  return out;
}

dict shown_report(const reported_run& x) {
  dict out{{"run", x.run}, {"status", to_string(x.status)}, {"reported", true}};
  out.set("submitted",
          format_time(x.begun == store_time{} ? x.ended : x.begun));
  out.set("by", x.host);
  if (!x.plan.empty())
    out.set("plan", x.plan);
  if (x.ended != store_time{})
    out.set("ended", format_time(x.ended));
  return out;
}

/// What hosts have told of a run that nobody has sent; it is theirs.
std::string shown_reports(const std::vector<reported_run>& all) {
  auto out = shown_report(all.front());
  auto whole = all.front().status;
  list hosts;
  for (auto& each : all) {
    dict one{
      {"host", each.host}, {"batch", 0}, {"status", to_string(each.status)}};
    if (!each.text.empty())
      one.set("text", each.text);
    hosts.push_back(value{std::move(one)});
    // It has ended where it has ended everywhere.
    if (each.status != fleet_status::ok && whole != fleet_status::running)
      whole = each.status;
  }
  out.set("status", to_string(whole));
  out.set("hosts", value{std::move(hosts)});
  return to_json(value{std::move(out)});
}

using timed_line = std::pair<store_time, std::string>;

} // namespace

void dispatcher_state::answer(const session_said& question,
                              const link_ask& ask) {
  auto send = [&](const link_message_ptr& what) {
    self_->send(question.session, what);
  };
  auto options = parse_json(ask.options.empty() ? "{}" : ask.options);
  auto* hosts = options ? options->find("hosts") : nullptr;
  bool with_hosts = !hosts || !hosts->is_bool() || hosts->as_bool();
  auto* limit = options ? options->find("limit") : nullptr;
  auto most = limit && limit->is_integer()
                ? std::clamp<int64_t>(limit->as_int(), 1, most_runs_told)
                : usual_runs_told;
  auto body = ask.what == link_question::runs
                ? newest_runs(static_cast<size_t>(most))
                : state_of(ask.subject, with_hosts);
  if (body)
    answer_in_parts(question, *body, send);
  else
    send(refusal_of(question, body.why().message));
}

result<std::string> dispatcher_state::newest_runs(size_t most) {
  std::lock_guard held{setting_.services.store->mutex};
  auto all = setting_.services.store->kept->runs(most);
  auto told = setting_.services.store->kept->reports(most);
  if (!all || !told)
    return all ? told.why() : all.why();
  std::vector<timed_line> lines;
  for (auto& each : *all) {
    auto shown = shown_run(each);
    list away;
    if (auto* one = find_run(each.run))
      for (auto& host : one->hosts)
        if (!is_settled(host.status) && !there_.contains(host.host))
          away.push_back(value{host.host});
    if (!away.empty())
      shown.set("away", value{std::move(away)});
    lines.emplace_back(each.submitted, to_json(value{std::move(shown)}));
  }
  for (auto& each : *told)
    lines.emplace_back(each.begun == store_time{} ? each.ended : each.begun,
                       to_json(value{shown_report(each)}));
  std::stable_sort(lines.begin(), lines.end(),
                   [](auto& x, auto& y) { return x.first > y.first; });
  std::string out;
  for (size_t i = 0; i < std::min(lines.size(), most); ++i)
    out += lines[i].second + "\n";
  return out;
}

result<std::string> dispatcher_state::state_of(const std::string& run_name,
                                               bool with_hosts) {
  std::lock_guard held{setting_.services.store->mutex};
  auto& store = *setting_.services.store->kept;
  auto found = store.run(run_name);
  if (!found)
    return found.why();
  if (!*found) {
    auto told = store.reports_of(run_name);
    if (!told)
      return told.why();
    if (!told->empty())
      return shown_reports(*told);
    for (auto& [name, why] : rejected_)
      if (name == run_name)
        return error{errc::invalid_argument,
                     fmt::format("run {} was refused: {}", run_name, why)};
    return error{errc::not_found, "this fleet has no run " + run_name};
  }
  auto out = shown_run(**found);
  // Who follows a run asks often, and it may have many.
  if (!with_hosts)
    return to_json(value{std::move(out)});
  auto hosts = store.hosts_of(run_name);
  if (!hosts)
    return hosts.why();
  if (auto* one = find_run(run_name);
      one && (one->info_unsaved || !one->unsaved.empty()))
    out.set("trouble", "the store refuses what has happened since");
  list shown;
  for (auto& each : *hosts)
    if (each.host.empty())
      out.set("text", each.text);
    else
      shown.push_back(shown_host_of(run_name, each));
  out.set("hosts", value{std::move(shown)});
  return to_json(value{std::move(out)});
}

value dispatcher_state::shown_host_of(const std::string& run_name,
                                      const fleet_run_host& host) {
  dict out{{"host", host.host},
           {"batch", static_cast<int64_t>(host.batch)},
           {"status", to_string(host.status)}};
  auto* one = find_run(run_name);
  if (one && is_settled(host.status))
    one = nullptr;
  if (!host.text.empty())
    out.set("text", host.text);
  else if (one && !one->times[host.host].obstacle.empty())
    out.set("text", "busy: " + one->times[host.host].obstacle);
  if (host.since != store_time{})
    out.set("since", format_time(host.since));
  if (!one || there_.contains(host.host))
    return value{std::move(out)};
  out.set("away", true);
  if (host.since != store_time{})
    out.set("until", format_time(host.since + one->terms.host_timeout));
  return value{std::move(out)};
}

bool dispatcher_state::save(run& one) {
  std::vector<fleet_run_host> hosts;
  for (auto& [name, each] : one.unsaved)
    hosts.push_back(each);
  if (one.info_unsaved || !hosts.empty()) {
    std::lock_guard held{setting_.services.store->mutex};
    auto ok = setting_.services.store->kept->put(one.info, hosts);
    if (!ok) {
      trouble_.say("runs wait: " + ok.why().message);
      return false;
    }
    trouble_.over();
    ++setting_.services.counters->run_news;
  }
  one.unsaved.clear();
  one.info_unsaved = false;
  for (auto& [to, message] : std::exchange(one.unsaid, {}))
    self_->send(to, message);
  return true;
}

void dispatcher_state::say(run& one, const session_actor& to,
                           link_message message) {
  one.unsaid.emplace_back(
    to, std::make_shared<const link_message>(std::move(message)));
}

void dispatcher_state::note(const session_said& from, const std::string& what,
                            const std::string& text) {
  setting_.services.audit->note(
    {what, to_text(from.who), from.who.address, text});
}

} // namespace troupe
