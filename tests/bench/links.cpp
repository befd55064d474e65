// links FOLDER COUNT EVENTS: how a controller bears bare links.
//
// Makes COUNT hosts in the folder of a controller that does not run, says
// "ready", waits for a line with the number of the process of one that does and
// where it listens, has all of them dial it, and then tell EVENTS events each.
// Ends with 1 and says how far it came when nothing has happened for a minute.
// Prints JSON: seconds until all had joined, seconds until all events were
// stored, events a second, and the controller's memory in kB.
#include "tests/support/bare_link.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <thread>

using namespace troupe;
using namespace troupe::test;

namespace {

std::mutex told_mutex;
// Told of each change of these.
std::condition_variable told;
std::atomic<size_t> joined = 0;
std::atomic<size_t> stored = 0;
std::atomic<size_t> lost = 0;
std::atomic<size_t> ended = 0;
// Events are told once all have joined.
std::atomic<bool> telling = false;

/// Events that are made when they are sent.
class made_events final : public link_source {
public:
  explicit made_events(uint64_t count) : count_{count} {
  }

  std::vector<stream_position> positions() const override {
    return {};
  }

  void rewind() override {
    sent_ = acknowledged_;
  }

  bool next_size(size_t& bytes) override {
    bytes = body_.size();
    return telling && sent_ < count_;
  }

  bool next(link_event& to) override {
    to = {{{"bench", 0}, ++sent_}, link_rank::result, body_};
    return true;
  }

  void acknowledged(const stream_position& to) override {
    if (to.sequence <= acknowledged_)
      return;
    stored += to.sequence - acknowledged_;
    told.notify_all();
    acknowledged_ = to.sequence;
  }

private:
  uint64_t count_;
  uint64_t sent_ = 0;
  uint64_t acknowledged_ = 0;
  std::string body_ = std::string(200, 'x');
};

/// One host that tells events.
struct telling_link {
  telling_link(const std::string& name, uint64_t events)
      : source{events}, link{name, source} {
    link.heard = [](const link_note& note) {
      if (std::holds_alternative<link_joined>(note)) {
        ++joined;
        told.notify_all();
      }
      if (auto* how = std::get_if<link_closed>(&note); how && ++ended == 1)
        fmt::print(stderr, "links: {}: {}\n", to_string(how->why), how->text);
    };
    link.gone = [](const error& why) {
      if (++lost == 1)
        fmt::print(stderr, "links: {}\n", why.message);
    };
  }

  made_events source;
  bare_link link;
};

long memory_of(const std::string& process) {
  std::ifstream in{"/proc/" + process + "/status"};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("VmHWM:"))
      return std::atol(line.c_str() + 6);
  return 0;
}

/// Until a link tells something, or five milliseconds.
void wait_a_moment() {
  std::unique_lock held{told_mutex};
  told.wait_for(held, std::chrono::milliseconds{5});
}

/// Keeps the links alive meanwhile.
template <class Done>
double seconds_until(std::vector<std::unique_ptr<telling_link>>& links,
                     steady::time_point from, Done done) {
  size_t before = 0;
  auto changed = steady::now();
  // Over all calls: each may be shorter than what the links are silent for.
  static auto beat = steady::now();
  while (!done()) {
    wait_a_moment();
    auto now = steady::now();
    if (auto far = joined + stored + lost; far != before) {
      before = far;
      changed = now;
    }
    if (now - changed > std::chrono::minutes{1}) {
      fmt::print(stderr,
                 "links: nothing has happened for a minute: {} begun, {} "
                 "joined, {} lost, {} events stored\n",
                 links.size(), joined.load(), lost.load(), stored.load());
      std::_Exit(1);
    }
    if (now - beat < std::chrono::seconds{2})
      continue;
    beat = now;
    for (auto& each : links)
      each->link.with([&] { each->link.session.tick(beat); });
  }
  return std::chrono::duration<double>(steady::now() - from).count();
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: links FOLDER COUNT EVENTS\n"
                       "Reads the number of the controller's process and its "
                       "HOST:PORT from its input, once it runs.\n");
    return 64;
  }
  std::string folder{argv[1]};
  auto count = std::strtoull(argv[2], nullptr, 10);
  auto events = std::strtoull(argv[3], nullptr, 10);
  auto machine = make_real_host();
  auto members = make_bare_members(*machine, folder, count, "bare");
  auto authority
    = must_have(renew_and_read_fleet(*machine, folder)).controllers.certificate;
  fmt::print("ready\n");
  std::fflush(stdout);
  char process[32] = {};
  char where[128] = {};
  if (std::scanf("%31s %127s", process, where) != 2)
    return 64;
  auto at = must_have(parse_endpoint(where));
  std::vector<std::unique_ptr<telling_link>> links;
  auto net = must_have(make_transport());
  auto begin = steady::now();
  for (size_t i = 0; i < count; ++i) {
    auto& one = links.emplace_back(
      std::make_unique<telling_link>(fmt::format("bare{}", i), events));
    auto context
      = must_have(make_tls(tls_side::dials, {members[i], authority}));
    {
      std::lock_guard held{one->link.mutex};
      one->link.line = net->dial(at, context, one->link.calls());
    }
    // No more at once than shake hands within the time for it. Those that have
    // joined must not fall silent meanwhile.
    seconds_until(links, begin, [&] { return i + 1 <= joined + lost + 16; });
  }
  auto join_time
    = seconds_until(links, begin, [&] { return joined + lost >= count; });
  auto idle = memory_of(process);
  auto all = count * events;
  telling = true;
  begin = steady::now();
  for (auto& each : links)
    each->link.with([&] { each->link.session.more(steady::now()); });
  auto store_time
    = seconds_until(links, begin, [&] { return stored >= all || lost > 0; });
  fmt::print("{{\"links\":{},\"joined_in\":{:.2f},\"kb_joined\":{},"
             "\"events\":{},\"stored_in\":{:.2f},\"per_second\":{:.0f},"
             "\"kb_peak\":{},\"lost\":{}}}\n",
             count, join_time, idle, all, store_time,
             static_cast<double>(stored) / store_time, memory_of(process),
             lost.load());
  for (auto& each : links)
    each->link.line->hang_up();
  net.reset();
  return 0;
}
