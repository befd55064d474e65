#include "tests/support/simulated.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <future>

using namespace troupe;
using namespace troupe::test;

TEST_CASE("wait_for waits until a port opens", "[modules][wait_for][M047]") {
  simulated_runner one;
  one.host.net.services.push_back(
    {.port = 80, .from = std::chrono::seconds{7}});
  auto out = one.run("wait_for", {{"port", 80}, {"delay", 2}});
  CHECK_FALSE(out.failed);
  CHECK(integer_at(out, "elapsed") == 7);
  CHECK(text_at(out, "state") == "started");
}

TEST_CASE("wait_for gives up when its time is over",
          "[modules][wait_for][M047]") {
  simulated_runner one;
  auto out = one.run("wait_for", {{"port", 80}, {"timeout", 3}});
  CHECK(out.timed_out);
  CHECK(out.why == errc::timeout);
  CHECK(out.msg == "Timeout when waiting for 127.0.0.1:80");
  CHECK(integer_at(out, "elapsed") == 3);
  CHECK(
    one.run("wait_for", {{"port", 80}, {"timeout", 1}, {"msg", "sorry"}}).msg
    == "sorry");
}

TEST_CASE("wait_for gives groups also when it searched for nothing",
          "[modules][wait_for][M047]") {
  simulated_runner one;
  one.host.disk.put("/log", "x");
  auto out = one.run("wait_for", {{"path", "/log"}});
  REQUIRE(out.data.find("match_groups"));
  CHECK(out.data.find("match_groups")->as_list().empty());
  REQUIRE(out.data.find("match_groupdict"));
  CHECK(out.data.find("match_groupdict")->as_dict().empty());
  out = one.run("wait_for", {{"path", "/none"}, {"timeout", 1}});
  CHECK(out.msg == "Timeout when waiting for file /none");
}

TEST_CASE("wait_for waits until a port closes", "[modules][wait_for][M047]") {
  simulated_runner one;
  one.host.net.services.push_back(
    {.port = 80, .until = std::chrono::seconds{4}});
  auto out = one.run("wait_for", {{"port", 80}, {"state", "stopped"}});
  CHECK(integer_at(out, "elapsed") == 4);
}

TEST_CASE("wait_for finds a text in a greeting or a file",
          "[modules][wait_for][M047]") {
  simulated_runner one;
  one.host.net.services.push_back({.port = 22, .text = "SSH-2.0-Open_9.2\r\n"});
  auto out
    = one.run("wait_for", {{"port", 22}, {"search_regex", "Open_(.*)\r"}});
  CHECK(out.data.find("match_groups")->as_list().items[0].as_string() == "9.2");
  one.host.disk.put("/log", "started\ndone 5\n");
  out = one.run("wait_for",
                {{"path", "/log"}, {"search_regex", "^done (?P<n>\\d)"}});
  CHECK(out.data.find("match_groupdict")->find("n")->as_string() == "5");
}

TEST_CASE("wait_for waits for a file to vanish", "[modules][wait_for][M047]") {
  simulated_runner one;
  one.host.disk.put("/lock", "");
  CHECK(
    one
      .run("wait_for", {{"path", "/lock"}, {"state", "absent"}, {"timeout", 2}})
      .timed_out);
  CHECK_FALSE(
    one.run("wait_for", {{"path", "/gone"}, {"state", "absent"}}).failed);
  CHECK_FALSE(one.run("wait_for", {{"path", "/lock"}}).failed);
}

TEST_CASE("wait_for counts connections until they are gone",
          "[modules][wait_for][M047]") {
  simulated_runner one;
  one.host.net.open = {{"127.0.0.1", 80, "192.0.2.9", 5000, "ESTABLISHED"}};
  dict given{{"port", 80}, {"state", "drained"}, {"timeout", 2}};
  CHECK(one.run("wait_for", given).timed_out);
  given.set("exclude_hosts", list{"192.0.2.9"});
  CHECK_FALSE(one.run("wait_for", given).failed);
  one.host.net.open[0].state = "LISTEN";
  given.erase("exclude_hosts");
  CHECK_FALSE(one.run("wait_for", given).failed);
}

TEST_CASE("wait_for only waits when nothing is named",
          "[modules][wait_for][M047]") {
  simulated_runner one;
  CHECK(integer_at(one.run("wait_for", {{"timeout", "1m30s"}}), "elapsed")
        == 90);
  CHECK(one.predict("wait_for", {{"port", 80}}).skipped);
}

TEST_CASE("wait_for ends with its task", "[modules][wait_for][M011][M012]") {
  simulated_runner one;
  one.deadline = one.host.time.steady_now() + std::chrono::seconds{5};
  auto out = one.run("wait_for", {{"port", 80}});
  CHECK(out.timed_out);
  CHECK(integer_at(out, "elapsed") == 5);
  std::stop_source stop;
  stop.request_stop();
  one.deadline.reset();
  one.stop = stop.get_token();
  CHECK(one.run("wait_for", {{"port", 80}}).cancelled);
}

TEST_CASE("wait_for refuses what makes no sense", "[modules][wait_for][M052]") {
  simulated_runner one;
  CHECK(one.run("wait_for", {{"port", 80}, {"path", "/x"}}).failed);
  CHECK(one.run("wait_for", {{"port", 70000}}).failed);
  CHECK(one.run("wait_for", {{"path", "/x"}, {"state", "drained"}}).failed);
  CHECK(one.run("wait_for", {{"port", 1}, {"search_regex", "("}}).failed);
  CHECK(one
          .run("wait_for", {{"port", 1},
                            {"state", "drained"},
                            {"active_connection_states", list{"OPEN"}}})
          .failed);
}

TEST_CASE("wait_for reads a greeting until its time is over",
          "[modules][wait_for][M047]") {
  auto connect_timeout = GENERATE(1, 5, 30);
  simulated_runner one;
  one.host.net.services = {{.port = 22,
                            .text = "SSH-2.0-OpenSSH",
                            .text_after = std::chrono::seconds{7},
                            .closes = false},
                           {.port = 23, .closes = false}};
  dict late{{"port", 22},
            {"search_regex", "OpenSSH"},
            {"timeout", 25},
            {"connect_timeout", connect_timeout}};
  auto out = one.run("wait_for", late);
  CHECK_FALSE(out.failed);
  CHECK(integer_at(out, "elapsed") == 7);
  dict silent{{"port", 23},
              {"search_regex", "never"},
              {"timeout", 1},
              {"connect_timeout", connect_timeout}};
  out = one.run("wait_for", silent);
  CHECK(out.timed_out);
  CHECK(integer_at(out, "elapsed") == 1);
}

TEST_CASE("wait_for on a FIFO waits for a file and ends with its task",
          "[modules][wait_for][M047]") {
  module_runner real;
  auto path = real.folder() / "fifo";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  dict given{{"path", path}, {"search_regex", "x"}, {"sleep", 60}};
  real.deadline
    = real.machine().clock().steady_now() + std::chrono::milliseconds{50};
  CHECK(real.run("wait_for", given).timed_out);
  // A stop ends the wait at once.
  real.deadline.reset();
  std::stop_source stop;
  real.stop = stop.get_token();
  auto waiting = std::async(std::launch::async,
                            [&] { return real.run("wait_for", given); });
  // It checks what it does, and only one thread may do so at a time.
  auto early = waiting.wait_for(std::chrono::milliseconds{50});
  stop.request_stop();
  CHECK(waiting.get().cancelled);
  CHECK(early == std::future_status::timeout);
}

TEST_CASE("wait_for stops listening to a silent port when it is told to",
          "[modules][wait_for][M012]") {
  module_runner real;
  auto fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(fd, raw, size) == 0);
  REQUIRE(::listen(fd, 8) == 0);
  REQUIRE(::getsockname(fd, raw, &size) == 0);
  dict given{{"port", int64_t{ntohs(address.sin_port)}}, {"search_regex", "x"}};
  std::stop_source stop;
  real.stop = stop.get_token();
  auto waiting = std::async(std::launch::async,
                            [&] { return real.run("wait_for", given); });
  // It checks what it does, and only one thread may do so at a time.
  auto early = waiting.wait_for(std::chrono::milliseconds{50});
  stop.request_stop();
  CHECK(waiting.get().cancelled);
  CHECK(early == std::future_status::timeout);
  real.stop = {};
  given.set("timeout", 0.1);
  CHECK(real.run("wait_for", given).timed_out);
  ::close(fd);
}
