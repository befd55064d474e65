#include "platform/transport.hpp"

#include "tests/support/fleet_keys.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <vector>

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

/// What one end of a connection was told.
struct end_notes {
  std::mutex mutex;
  std::condition_variable changed;
  bool opened = false;
  bool gone = false;
  errc why = errc::system;
  std::string uri;
  std::string came;
  size_t took = 0;

  template <class Condition>
  bool wait(Condition what) {
    std::unique_lock held{mutex};
    return changed.wait_for(held, 20s, [&] { return what(*this); });
  }

  template <class Change>
  void change(Change what) {
    std::lock_guard held{mutex};
    what(*this);
    changed.notify_all();
  }

  connection_calls calls(std::function<void()> more = {}) {
    return {.opened =
              [this](const tls_peer& peer) {
                change([&](auto& x) {
                  x.opened = true;
                  x.uri = peer.holder.uri;
                });
              },
            .came =
              [this, more](const std::string& bytes) {
                change([&](auto& x) { x.came += bytes; });
                if (more)
                  more();
              },
            .took = [this](size_t n) { change([&](auto& x) { x.took += n; }); },
            .gone =
              [this](const error& why) {
                change([&](auto& x) {
                  x.gone = true;
                  x.why = why.code;
                });
              }};
  }
};

/// A listener on this machine and what arrives at it.
struct listening {
  explicit listening(const tls_terms& terms, listen_terms bounds = {}) {
    door = must(net->listen(
      {"127.0.0.1", 0}, must(make_tls(tls_side::listens, terms)), bounds,
      [this](arrived_connection one) {
        std::lock_guard held{mutex};
        lines.push_back(one.line);
        uris.push_back(one.peer.holder.uri);
        auto* line = one.line.get();
        line->read();
        changed.notify_all();
        return there.calls([line] { line->read(); });
      },
      [this](const std::string& address, const error& why) {
        std::lock_guard held{mutex};
        // Only the thread of a test may check: another address is no refusal
        // that one expects.
        refused.push_back(address == "127.0.0.1" ? why.code
                                                 : errc::unsupported);
        changed.notify_all();
      }));
  }

  ~listening() {
    door.reset();
    lines.clear();
    net.reset();
  }

  endpoint at() const {
    return {"127.0.0.1", door->port()};
  }

  template <class Condition>
  bool wait(Condition what) {
    std::unique_lock held{mutex};
    return changed.wait_for(held, 20s, [&] { return what(*this); });
  }

  std::shared_ptr<transport> net = must(make_transport());
  end_notes there;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::shared_ptr<connection>> lines;
  std::vector<std::string> uris;
  std::vector<errc> refused;
  std::unique_ptr<listener> door;
};

int plain_socket(const endpoint& to) {
  auto fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(to.port);
  ::inet_pton(AF_INET, to.host.c_str(), &name.sin_addr);
  REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0);
  return fd;
}

} // namespace

TEST_CASE("endpoints are a host and a port", "[platform][transport]") {
  auto [text, host, port] = GENERATE(table<const char*, const char*, unsigned>(
    {{"192.0.2.1:7411", "192.0.2.1", 7411},
     {"[::1]:1", "::1", 1},
     {"controller.example.com:65535", "controller.example.com", 65535}}));
  auto read = parse_endpoint(text);
  REQUIRE(read);
  CHECK(read->host == host);
  CHECK(read->port == port);
  CHECK(to_string(*read) == text);
  auto* wrong = GENERATE("", ":", ":1", "web1", "web1:", "web1:65536", "::1:7",
                         "web1:7x", "web1:-1", "[]:1");
  CHECK_FALSE(parse_endpoint(wrong));
}

TEST_CASE("bytes go both ways over a connection", "[platform][transport]") {
  fleet_keys keys;
  auto web = fleet_keys::holder(
    keys.members, fleet_keys::named("troupe://fleet/runner/web1"));
  end_notes here;
  listening door{keys.of_controller()};
  auto line = door.net->dial(
    door.at(), must(make_tls(tls_side::dials, keys.of_member(web))),
    here.calls());
  REQUIRE(here.wait([](auto& x) { return x.opened; }));
  CHECK(here.uri == "troupe://fleet/controller/main");
  REQUIRE(door.wait([](auto& x) { return x.lines.size() == 1; }));
  CHECK(door.uris.front() == "troupe://fleet/runner/web1");
  std::string large(3'000'000, 'x');
  line->write(large);
  CHECK(
    door.there.wait([&](auto& x) { return x.came.size() == large.size(); }));
  CHECK(here.wait([&](auto& x) { return x.took == large.size(); }));
  // Nothing comes before there is room.
  door.lines.front()->write("short");
  CHECK(door.there.wait([](auto& x) { return x.took == 5; }));
  CHECK(here.came.empty());
  line->read();
  CHECK(here.wait([](auto& x) { return x.came == "short"; }));
  line->write("the last words");
  line->hang_up();
  CHECK(door.there.wait([](auto& x) { return x.gone; }));
  CHECK(door.there.came.ends_with("the last words"));
  CHECK_FALSE(here.gone);
}

TEST_CASE("who has no certificate of the authority does not arrive",
          "[platform][transport][M112]") {
  fleet_keys keys;
  fleet_keys others;
  end_notes here;
  listening door{keys.of_controller()};
  tls_terms terms = keys.of_member({});
  SECTION("none at all") {
  }
  SECTION("of another authority") {
    terms.own = fleet_keys::holder(
      others.members, fleet_keys::named("troupe://fleet/runner/web1"));
  }
  SECTION("expired") {
    terms.own = fleet_keys::holder(
      keys.members, fleet_keys::named("troupe://fleet/runner/web1", -48h, -1h));
  }
  SECTION("of the authority of controllers") {
    terms.own = keys.controller;
  }
  auto line = door.net->dial(door.at(), must(make_tls(tls_side::dials, terms)),
                             here.calls());
  CHECK(door.wait([](auto& x) { return x.refused.size() == 1; }));
  // It may believe for a moment that it was let in.
  line->read();
  CHECK(here.wait([](auto& x) { return x.gone; }));
  CHECK(door.lines.empty());
}

TEST_CASE("a runner cannot pose as the controller",
          "[platform][transport][M112]") {
  fleet_keys keys;
  auto web = fleet_keys::holder(
    keys.members, fleet_keys::named("troupe://fleet/runner/web1"));
  end_notes here;
  listening door{{web, keys.members.certificate}};
  auto line = door.net->dial(
    door.at(), must(make_tls(tls_side::dials, keys.of_member(web))),
    here.calls());
  CHECK(here.wait([](auto& x) { return x.gone; }));
  CHECK(here.why == errc::permission_denied);
  CHECK_FALSE(here.opened);
}

TEST_CASE("a peer without TLS, or without a word, is let go",
          "[platform][transport][M112]") {
  fleet_keys keys;
  listening door{keys.of_controller(), {.handshake = 200ms}};
  auto fd = plain_socket(door.at());
  std::string said = GENERATE("GET / HTTP/1.1\r\n\r\n", "",
                              "\x16\x03\x01\x00\x05", "\xff\xff\xff\xff\xff");
  if (!said.empty())
    REQUIRE(::write(fd, said.data(), said.size())
            == static_cast<ssize_t>(said.size()));
  CHECK(door.wait([](auto& x) { return x.refused.size() == 1; }));
  // The end of it.
  char byte = 0;
  while (::read(fd, &byte, 1) > 0)
    ;
  ::close(fd);
  CHECK(door.lines.empty());
}

TEST_CASE("handshakes that do not go on make room for others",
          "[platform][transport][M112]") {
  fleet_keys keys;
  auto web = fleet_keys::holder(
    keys.members, fleet_keys::named("troupe://fleet/runner/web1"));
  end_notes here;
  listening door{keys.of_controller(),
                 {.handshakes_most = 4, .handshake = 60s}};
  std::vector<int> silent;
  silent.reserve(40);
  for (int i = 0; i < 40; ++i)
    silent.push_back(plain_socket(door.at()));
  auto line = door.net->dial(
    door.at(), must(make_tls(tls_side::dials, keys.of_member(web))),
    here.calls());
  CHECK(here.wait([](auto& x) { return x.opened; }));
  for (auto fd : silent)
    ::close(fd);
}

TEST_CASE("no more connections stand than there may be",
          "[platform][transport]") {
  fleet_keys keys;
  auto web = fleet_keys::holder(
    keys.members, fleet_keys::named("troupe://fleet/runner/web1"));
  auto context = must(make_tls(tls_side::dials, keys.of_member(web)));
  end_notes first;
  end_notes second;
  listening door{keys.of_controller(), {.connections_most = 1}};
  auto one = door.net->dial(door.at(), context, first.calls());
  REQUIRE(door.wait([](auto& x) { return x.lines.size() == 1; }));
  auto other = door.net->dial(door.at(), context, second.calls());
  CHECK(second.wait([](auto& x) { return x.gone; }));
  CHECK_FALSE(second.opened);
}

TEST_CASE("nobody at the other end is told", "[platform][transport]") {
  fleet_keys keys;
  end_notes here;
  auto net = must(make_transport());
  auto context = must(make_tls(tls_side::dials, keys.of_member({})));
  auto address = GENERATE(endpoint{"127.0.0.1", 1}, endpoint{"web1", 1});
  auto line = net->dial(address, context, here.calls());
  CHECK(here.wait([](auto& x) { return x.gone; }));
}
