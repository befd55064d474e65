#include "platform/posix/network.hpp"

#include "platform/host.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stop_token>
#include <thread>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

/// A listening socket on a free port of the loopback.
struct bare_listener {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  uint16_t port = 0;

  bare_listener() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    REQUIRE(::bind(fd, raw, size) == 0);
    REQUIRE(::listen(fd, 8) == 0);
    REQUIRE(::getsockname(fd, raw, &size) == 0);
    port = ntohs(address.sin_port);
  }

  ~bare_listener() {
    close();
  }

  void close() {
    if (fd >= 0)
      ::close(fd);
    fd = -1;
  }
};

} // namespace

TEST_CASE("an open port connects and a closed one does not",
          "[platform][network][M047]") {
  auto machine = make_real_host();
  bare_listener open;
  auto limit = [&] { return wait_limit{machine->clock().steady_now() + 2s}; };
  CHECK(machine->network().connects("127.0.0.1", open.port, limit()));
  CHECK(machine->network().connects("localhost", open.port, limit()));
  auto all = machine->network().connections();
  REQUIRE(all);
  auto listening = false;
  for (auto& one : *all)
    listening = listening
                || (one.local_port == open.port && one.state == "LISTEN"
                    && one.local_address == "127.0.0.1");
  CHECK(listening);
  open.close();
  CHECK_FALSE(machine->network().connects("127.0.0.1", open.port, limit()));
}

TEST_CASE("a greeting is read until it is enough",
          "[platform][network][M047]") {
  auto machine = make_real_host();
  bare_listener open;
  auto& network = machine->network();
  auto in = [&](std::chrono::milliseconds time, std::stop_token stop = {}) {
    return wait_limit{machine->clock().steady_now() + time, std::move(stop)};
  };
  auto any = [](std::string_view) { return true; };
  CHECK_FALSE(
    network.reads_until("127.0.0.1", open.port, in(2s), in(50ms), any));
  // Reading goes on when the time for connecting is over.
  ssize_t written = 0;
  std::jthread greeter{[&] {
    auto one = ::accept(open.fd, nullptr, nullptr);
    auto two = ::accept(open.fd, nullptr, nullptr);
    pollfd nothing{-1, 0, 0};
    ::poll(&nothing, 1, 120);
    written = ::write(two, "SSH", 3);
    ::close(one);
    ::close(two);
  }};
  std::string seen;
  CHECK(network.reads_until("127.0.0.1", open.port, in(60ms), in(5s),
                            [&](std::string_view text) {
                              seen = text;
                              return text.size() == 3;
                            }));
  CHECK(seen == "SSH");
  greeter.join();
  CHECK(written == 3);
}

TEST_CASE("a wait for the network ends when stop is requested",
          "[platform][network][M012]") {
  auto machine = make_real_host();
  bare_listener open;
  std::stop_source stop;
  std::jthread later{[&] {
    pollfd nothing{-1, 0, 0};
    ::poll(&nothing, 1, 30);
    stop.request_stop();
  }};
  auto far = wait_limit{machine->clock().steady_now() + 1h, stop.get_token()};
  CHECK_FALSE(machine->network().reads_until(
    "127.0.0.1", open.port, far, far, [](std::string_view) { return true; }));
  CHECK_FALSE(machine->clock().sleep_until(far.until, far.stop));
  CHECK(machine->clock().sleep_until(machine->clock().steady_now() + 1ms, {}));
}

TEST_CASE("tables of connections are parsed", "[platform][network]") {
  auto all = parse_connections(
    "  sl  local_address rem_address   st tx_queue\n"
    "   0: 0100007F:1F90 0200A8C0:C350 01 00000000:00000000\n"
    "   1: 0000000000000000FFFF00000100007F:0050 "
    "00000000000000000000000000000000:0000 0A 00000000\n");
  REQUIRE(all.size() == 2);
  CHECK(all[0].local_address == "127.0.0.1");
  CHECK(all[0].local_port == 8080);
  CHECK(all[0].remote_address == "192.168.0.2");
  CHECK(all[0].state == "ESTABLISHED");
  CHECK(all[1].local_address == "127.0.0.1");
  CHECK(all[1].state == "LISTEN");
}
