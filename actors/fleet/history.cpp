#include "actors/fleet/history.hpp"

#include "actors/supervision.hpp"
#include "config/value/json.hpp"

#include <caf/send.hpp>

#include <map>

namespace troupe {

namespace {

// What an answer to `watch` may have.
constexpr size_t most_events = 1000;
constexpr size_t told_bytes = size_t{512} << 10;
constexpr std::chrono::seconds store_pause{1};
constexpr std::chrono::seconds come_again{10};
constexpr std::chrono::milliseconds forget_first{60'000};
constexpr std::chrono::milliseconds forget_every{3'600'000};
constexpr std::chrono::milliseconds forget_pause{50};
// What an event takes beside its body.
constexpr size_t event_room = 200;
// Bytes kept of what a run is called, and of how it ended.
constexpr size_t most_words = 1000;

} // namespace

void history_state::start(history_setting setting) {
  setting_ = std::move(setting);
  trouble_ = trouble_teller{setting_.services.tell};
  forget_trouble_ = trouble_teller{setting_.services.tell};
  self_->delayed_send(history_actor{self_}, forget_first, tick_atom_v);
}

void history_state::forget() {
  store_bounds keep;
  keep.since = setting_.services.machine->clock().now() - setting_.keep;
  keep.runs = setting_.keep_runs;
  std::unique_lock held{setting_.services.store->mutex};
  auto more = setting_.services.store->kept->forget(keep);
  held.unlock();
  if (!more) {
    ++setting_.services.counters->forget_failures;
    forget_trouble_.say("what is old cannot be forgotten, and the store grows: "
                        + more.why().message);
    self_->delayed_send(history_actor{self_}, forget_first, tick_atom_v);
    return;
  }
  forget_trouble_.over("what is old is forgotten again");
  // Events that have come in between go first.
  self_->delayed_send(history_actor{self_}, *more ? forget_pause : forget_every,
                      tick_atom_v);
}

void history_state::take(const session_actor& from,
                         const host_events_ptr& events) {
  size_t bytes = 0;
  for (auto& each : *events)
    bytes += each.event.body.size() + event_room;
  if (refused_.contains(from.address()))
    return;
  for (auto& each : *events)
    each.news = news_of(each.event);
  if (failing_ && bytes_ + bytes > setting_.most_waiting)
    return refuse(from);
  // Whatever is in the mailbox by then is stored with it.
  if (waiting_.empty())
    self_->send(history_actor{self_}, flush_atom_v);
  waiting_.push_back({from, events, bytes});
  bytes_ += bytes;
  setting_.services.counters->bytes_waiting = bytes_;
}

void history_state::refuse(const session_actor& from) {
  self_->monitor(from);
  refused_.insert(from.address());
  self_->send(from, std::make_shared<const session_end>(session_end{
                      link_end::stalled,
                      "the store takes nothing at the moment", come_again}));
}

void history_state::on_down(const caf::down_msg& down) {
  refused_.erase(down.source);
}

void history_state::flush() {
  std::vector<host_event> all;
  for (auto& each : waiting_)
    all.insert(all.end(), each.events->begin(), each.events->end());
  std::unique_lock held{setting_.services.store->mutex};
  auto ok = setting_.services.store->kept->add(all);
  held.unlock();
  failing_ = !ok;
  auto& counts = *setting_.services.counters;
  if (!ok) {
    ++counts.store_failures;
    trouble_.say("events wait: " + ok.why().message);
    self_->delayed_send(history_actor{self_}, store_pause, flush_atom_v);
    return;
  }
  trouble_.over();
  counts.events_stored += all.size();
  if (std::any_of(all.begin(), all.end(),
                  [](auto& each) { return each.news.has_value(); }))
    ++counts.run_news;
  counts.bytes_waiting = bytes_ = 0;
  for (auto& each : std::exchange(waiting_, {}))
    tell(each);
}

void history_state::tell(const batch& one) {
  std::map<link_stream, uint64_t> last;
  for (auto& each : *one.events) {
    auto& at = each.event.at;
    last[at.stream] = std::max(last[at.stream], at.sequence);
    if (each.event.rank == link_rank::ending)
      self_->send(setting_.dispatcher,
                  std::make_shared<const host_run_end>(
                    ending_of(each.host, at.stream.run, each.event.body)));
  }
  auto told = std::make_shared<std::vector<stream_position>>();
  for (auto& [stream, sequence] : last)
    told->push_back({stream, sequence});
  self_->send(one.from, positions_ptr{std::move(told)});
}

void history_state::answer(const session_said& question) {
  auto send = [&](const link_message_ptr& what) {
    self_->send(question.session, what);
  };
  auto body = events_for(std::get<link_ask>(*question.message));
  // One event alone may be as long as a message, and more stands before it.
  if (body)
    answer_in_parts(question, *body, send);
  else
    send(refusal_of(question, body.why().message));
}

result<std::string> history_state::events_for(const link_ask& ask) {
  auto options = parse_json(ask.options.empty() ? "{}" : ask.options);
  if (!options)
    return options.why();
  auto* after = options->find("after");
  auto* host = options->find("host");
  auto* limit = options->find("limit");
  auto most = limit && limit->is_integer()
                ? std::clamp<int64_t>(limit->as_int(), 1, most_events)
                : int64_t{most_events};
  auto behind = after && after->is_integer() && after->as_int() > 0
                  ? static_cast<uint64_t>(after->as_int())
                  : 0;
  std::lock_guard held{setting_.services.store->mutex};
  auto found = setting_.services.store->kept->events(
    ask.subject, std::string{host ? host->text_or("") : ""}, behind,
    static_cast<size_t>(most));
  if (!found)
    return found.why();
  // One event a line, its number before it.
  std::string out;
  for (auto& each : *found) {
    if (!out.empty() && out.size() + each.body.size() > told_bytes)
      break;
    // It came from a host, which could write lines of others into it. In JSON a
    // line end is a space.
    std::replace(each.body.begin(), each.body.end(), '\n', ' ');
    out += std::to_string(each.id) + " " + each.host + " " + each.body + "\n";
  }
  return out;
}

std::optional<run_news> news_of(const link_event& event) {
  // A run begins with its first event, and ends with its last.
  bool ends = event.rank == link_rank::ending;
  if (!ends && event.at.sequence != 1)
    return std::nullopt;
  if (ends) {
    auto how = ending_of({}, {}, event.body);
    return run_news{false, how.failed, how.text.substr(0, most_words)};
  }
  auto read = parse_json(event.body);
  auto* plan = read ? read->find("plan") : nullptr;
  return run_news{
    true, false,
    std::string{plan ? plan->text_or("") : ""}.substr(0, most_words)};
}

host_run_end ending_of(const std::string& host, const std::string& run,
                       const std::string& body) {
  host_run_end out{host, run, true, {}};
  auto read = parse_json(body);
  if (!read)
    return out;
  auto* failed = read->find("failed");
  auto* message = read->find("message");
  out.failed = !failed || !failed->is_bool() || failed->as_bool();
  out.text = message ? message->text_or("") : "";
  return out;
}

history_actor::behavior_type
history(history_actor::stateful_pointer<history_state> self,
        history_setting setting) {
  supervise(self);
  self->state.start(std::move(setting));
  return {
    [self](const session_actor& from, const host_events_ptr& events) {
      self->state.take(from, events);
    },
    [self](flush_atom) { self->state.flush(); },
    [self](tick_atom) { self->state.forget(); },
    [self](const session_said_ptr& question) { self->state.answer(*question); },
  };
}

} // namespace troupe
