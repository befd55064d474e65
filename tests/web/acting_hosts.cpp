// acting_hosts FOLDER COUNT PACE: hosts of a fleet that only act.
//
// Makes COUNT hosts in the folder of a controller that does not run, says
// "ready", and waits for two lines: HOST:PORT of the controller once it runs,
// and the file with what they tell of each run that they are sent. Every PACE
// milliseconds each tells one event more. Says "joined", ends when its input
// does.
//
// A line of the file is for the hosts whose number, divided by N, leaves M
// (with
// "!": for all others): N M =|! BODY. In it @HOST@, @RUN@, @SEQ@ and @TIME@ are
// put in.
#include "actors/run/task_result.hpp"
#include "tests/support/bare_link.hpp"

#include <condition_variable>
#include <deque>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

using namespace troupe;
using namespace troupe::test;

namespace {

struct told_line {
  size_t every = 1;
  size_t rest = 0;
  bool others = false;
  std::string body;

  bool is_for(size_t host) const {
    return (host % every == rest) != others;
  }
};

std::vector<told_line> read_lines(const std::string& path) {
  std::vector<told_line> out;
  std::ifstream in{path};
  for (std::string line; std::getline(in, line);) {
    std::istringstream words{line};
    told_line one;
    char how = '=';
    words >> one.every >> one.rest >> how;
    one.others = how == '!';
    std::getline(words >> std::ws, one.body);
    out.push_back(std::move(one));
  }
  return out;
}

void put_in(std::string& to, std::string_view mark, const std::string& text) {
  for (auto at = to.find(mark); at != std::string::npos; at = to.find(mark, at))
    to.replace(at, mark.size(), text);
}

/// The events of the runs that a host is sent, as far as it has come in them.
class acted_runs final : public link_source {
public:
  acted_runs(std::string host, size_t number)
      : host_{std::move(host)}, number_{number} {
  }

  void begin(const std::string& run, const std::vector<told_line>& lines) {
    acted one{run, {}, 1, 0, 0};
    for (auto& each : lines)
      if (each.is_for(number_))
        one.bodies.push_back(each.body);
    runs_.push_back(std::move(one));
  }

  void cancel(const std::string& run) {
    for (auto& each : runs_)
      if (each.run == run && each.released < each.bodies.size()) {
        each.bodies.resize(each.released);
        each.bodies.push_back(
          R"({"v":1,"event":"run_ended","seq":@SEQ@,"run":"@RUN@","host":"@HOST@","time":"@TIME@","failed":true,"message":"cancelled"})");
      }
  }

  /// It comes one event further; false when there is none to come to.
  bool go_on() {
    for (auto& each : runs_)
      if (each.released < each.bodies.size()) {
        ++each.released;
        return true;
      }
    return false;
  }

  std::vector<stream_position> positions() const override {
    return {};
  }

  void rewind() override {
    for (auto& each : runs_)
      each.sent = each.acknowledged;
  }

  bool next_size(size_t& bytes) override {
    auto* one = next_run();
    bytes = one ? one->bodies[one->sent].size() + 200 : 0;
    return one != nullptr;
  }

  bool next(link_event& to) override {
    auto* one = next_run();
    auto body = one->bodies[one->sent];
    bool ends = body.find("\"run_ended\"") != std::string::npos;
    put_in(body, "@HOST@", host_);
    put_in(body, "@RUN@", one->run);
    put_in(body, "@SEQ@", std::to_string(one->sent + 1));
    put_in(body, "@TIME@", format_time(std::chrono::system_clock::now()));
    to = {{{one->run, 1}, ++one->sent},
          ends ? link_rank::ending : link_rank::result,
          std::move(body)};
    return true;
  }

  void acknowledged(const stream_position& to) override {
    for (auto& each : runs_)
      if (each.run == to.stream.run)
        each.acknowledged = std::max<size_t>(each.acknowledged, to.sequence);
  }

private:
  struct acted {
    std::string run;
    std::vector<std::string> bodies;
    // Of its events so many may be told, were sent, and are stored.
    size_t released = 1;
    size_t sent = 0;
    size_t acknowledged = 0;
  };

  acted* next_run() {
    for (auto& each : runs_)
      if (each.sent < each.released)
        return &each;
    return nullptr;
  }

  std::string host_;
  size_t number_;
  std::deque<acted> runs_;
};

std::mutex told_mutex;
// Told when these change.
std::condition_variable told;
size_t joined = 0;
bool over = false;

struct acting_host {
  acting_host(const std::string& name, size_t number, const std::string& file)
      : runs{name, number}, link{name, runs} {
    link.heard = [this, number, &file](const link_note& note) {
      if (std::holds_alternative<link_joined>(note)) {
        {
          std::lock_guard held{told_mutex};
          ++joined;
        }
        told.notify_all();
        link_about about{
          {number % 3 == 0 ? "db" : "web", number % 2 == 0 ? "north" : "south"},
          R"({"ansible_distribution":"Debian"})"};
        static_cast<void>(link.session.send(steady::now(), about));
      }
      if (auto* said = std::get_if<link_said>(&note))
        hear(said->message, file);
    };
    link.gone = [](const error&) {};
  }

  void hear(const link_message& message, const std::string& file) {
    if (auto* offer = std::get_if<link_offer>(&message)) {
      runs.begin(offer->run, read_lines(file));
      static_cast<void>(
        link.session.send(steady::now(), link_accept{offer->run}));
    } else if (auto* end = std::get_if<link_cancel>(&message)) {
      runs.cancel(end->run);
    }
    link.session.more(steady::now());
  }

  acted_runs runs;
  bare_link link;
};

/// Lets all go on until it is told to stop.
void act(std::vector<std::unique_ptr<acting_host>>& hosts,
         std::chrono::milliseconds pace) {
  auto beat = steady::now();
  for (size_t turn = 0;; ++turn) {
    std::unique_lock held{told_mutex};
    if (told.wait_for(held, pace / 4, [] { return over; }))
      return;
    held.unlock();
    auto now = steady::now();
    bool beats = now - beat > std::chrono::seconds{2};
    if (beats)
      beat = now;
    // A quarter of them each time: not all are equally far.
    for (size_t i = 0; i < hosts.size(); ++i)
      hosts[i]->link.with([&] {
        if (i % 4 == turn % 4 && hosts[i]->runs.go_on())
          hosts[i]->link.session.more(now);
        if (beats)
          hosts[i]->link.session.tick(now);
      });
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: acting_hosts FOLDER COUNT PACE\n";
    return 64;
  }
  std::string folder{argv[1]};
  auto count = std::strtoull(argv[2], nullptr, 10);
  std::chrono::milliseconds pace{std::strtoll(argv[3], nullptr, 10)};
  auto machine = make_real_host();
  auto members = make_bare_members(*machine, folder, count, "host");
  auto authority
    = must_have(renew_and_read_fleet(*machine, folder)).controllers.certificate;
  std::cout << "ready" << std::endl;
  std::string where;
  std::string file;
  if (!std::getline(std::cin, where) || !std::getline(std::cin, file))
    return 64;
  auto at = must_have(parse_endpoint(where));
  auto net = must_have(make_transport());
  std::vector<std::unique_ptr<acting_host>> hosts;
  for (size_t i = 0; i < count; ++i) {
    auto& one = hosts.emplace_back(
      std::make_unique<acting_host>(fmt::format("host{}", i), i, file));
    auto context
      = must_have(make_tls(tls_side::dials, {members[i], authority}));
    std::lock_guard held{one->link.mutex};
    one->link.line = net->dial(at, context, one->link.calls());
  }
  std::thread acting{[&] { act(hosts, pace); }};
  {
    std::unique_lock held{told_mutex};
    told.wait(held, [&] { return joined >= count; });
  }
  std::cout << "joined" << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    continue;
  {
    std::lock_guard held{told_mutex};
    over = true;
  }
  told.notify_all();
  acting.join();
  for (auto& each : hosts)
    each->link.line->hang_up();
  net.reset();
  return 0;
}
