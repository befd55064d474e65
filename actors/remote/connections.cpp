#include "actors/remote/connections.hpp"

#include "actors/remote/engine_file.hpp"
#include "platform/executable.hpp"

#include <fmt/format.h>

#include <utility>

namespace troupe {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::chrono::seconds keep_alive_after{10};
// An engine of some megabytes over a slow line, beyond the time in which a host
// has to answer.
constexpr std::chrono::seconds sending_most{120};
constexpr std::chrono::seconds farewell_of_all{5};
constexpr size_t engine_most = size_t{512} << 20U;

} // namespace

connections::connections(std::shared_ptr<host> machine,
                         std::shared_ptr<host_calls> instead)
    : machine_{std::move(machine)}, instead_{std::move(instead)} {
}

connections::~connections() {
  keeper_.request_stop();
  if (keeper_.joinable())
    keeper_.join();
  // All have the same time to end, however many they are.
  for (auto& [to, each] : entries_)
    if (each->line)
      each->line->begin_end();
  auto until = steady::now() + farewell_of_all;
  for (auto& [to, each] : entries_)
    if (each->line)
      each->line->has_ended(until);
  for (auto& [to, each] : entries_)
    if (each->line)
      each->line->cut();
}

void connections::keep_alive(const std::stop_token& stop) try {
  std::unique_lock lock{mutex_};
  while (!stop.stop_requested()) {
    waking_.wait_for(lock, stop, keep_alive_after, [] { return false; });
    std::vector<std::shared_ptr<call_line>> all;
    for (auto& [to, each] : entries_)
      if (each->opening.try_lock()) {
        if (each->line)
          all.push_back(each->line);
        each->opening.unlock();
      }
    lock.unlock();
    for (auto& each : all)
      each->pulse();
    all.clear();
    lock.lock();
  }
} catch (const std::exception&) {
  // Without memory for it the lines end by themselves, one after another.
}

std::shared_ptr<connections::entry>
connections::entry_of(const connection_setting& to) {
  std::lock_guard lock{mutex_};
  if (!keeper_.joinable())
    keeper_
      = std::jthread{[this](const std::stop_token& stop) { keep_alive(stop); }};
  auto& out = entries_[to];
  if (!out)
    out = std::make_shared<entry>();
  return out;
}

result<std::shared_ptr<const sent_engine>>
connections::engine_for(const std::string& architecture) {
  {
    std::lock_guard lock{mutex_};
    if (auto at = engines_.find(architecture); at != engines_.end())
      return at->second;
  }
  auto path = engine_to_send(*machine_, architecture);
  if (!path)
    return path.why();
  auto bytes = machine_->files().read(*path, engine_most);
  if (!bytes)
    return bytes.why();
  auto digest = digest_of(*bytes, "sha256");
  if (!digest)
    return digest.why();
  auto header = inspect_executable(*path);
  if (!header)
    return header.why();
  std::lock_guard lock{mutex_};
  auto& known = engines_[architecture];
  if (!known)
    known = std::make_shared<const sent_engine>(
      sent_engine{std::move(*bytes), *digest, header->architecture});
  return known;
}

result<std::shared_ptr<call_line>>
connections::open(const connection_setting& to, const wait_limit& limit) {
  auto patience = std::chrono::seconds{to.timeout};
  if (to.carrier == connection_setting::carriers::sudo) {
    auto own = own_executable();
    if (!own)
      return own.why();
    auto program = sudo_program(to, *own);
    if (!program)
      return program.why();
    auto out = std::make_shared<call_line>(machine_, to, *std::move(program));
    if (auto failed = out->open({}, limit.at_most(steady::now() + patience)))
      return error{failed->why.code == errc::network ? errc::permission_denied
                                                     : failed->why.code,
                   failed->why.message};
    return out;
  }
  std::string architecture;
  {
    std::lock_guard lock{mutex_};
    architecture = machines_[to.name];
  }
  for (bool again = false;; again = true) {
    auto engine = engine_for(architecture);
    if (!engine)
      return engine.why();
    auto program = carrier_program(to, **engine);
    if (!program)
      return program.why();
    auto out = std::make_shared<call_line>(machine_, to, *std::move(program));
    auto failed = out->open(
      **engine, limit.at_most(steady::now() + patience + sending_most));
    if (!failed)
      return out;
    out->cut();
    if (again || failed->architecture.empty())
      return failed->why;
    architecture = failed->architecture;
    std::lock_guard lock{mutex_};
    machines_[to.name] = architecture;
  }
}

result<std::shared_ptr<call_line>>
connections::line(const connection_setting& to, const wait_limit& limit) {
  auto known = entry_of(to);
  std::unique_lock lock{known->opening, std::defer_lock};
  // Somebody else may be opening it, with more time than this one has.
  while (!lock.try_lock_for(std::chrono::milliseconds{50}))
    if (limit.stop.stop_requested() || steady::now() >= limit.until)
      return error{limit.stop.stop_requested() ? errc::cancelled
                                               : errc::timeout,
                   "it was still being connected to"};
  if (known->line && known->line->is_open())
    return known->line;
  if (known->refused)
    return *known->refused;
  known->line = nullptr;
  auto opened = open(to, limit);
  if (opened)
    known->line = *opened;
  else if (opened.why().code == errc::permission_denied)
    known->refused = opened.why();
  return opened;
}

result<void> connections::reach(const connection_setting& to,
                                const wait_limit& limit) {
  auto got = line(to, limit);
  if (!got)
    return got.why();
  // A line that stands need not lead anywhere any more.
  line_call ask;
  ask.number = (*got)->next_number();
  ask.module = "ping";
  auto answer = (*got)->call(std::move(ask), limit, {});
  if (answer && !answer->cancelled)
    return {};
  forget(to);
  return answer ? error{errc::timeout, "it does not answer"} : answer.why();
}

void connections::forget(const connection_setting& to) {
  auto known = entry_of(to);
  std::shared_ptr<call_line> line;
  {
    // Who holds it for longer opens another one already.
    std::unique_lock lock{known->opening, std::chrono::seconds{1}};
    if (lock)
      line = std::move(known->line);
  }
  if (line)
    line->cut();
}

} // namespace troupe
