#include "platform/web/web_server.hpp"

#include "tests/support/fleet_keys.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

using namespace troupe;
using namespace std::literals;

namespace {

/// Answers with the path; some paths are special.
class echoing final : public web_handler {
public:
  std::variant<uint64_t, server_answer>
  admit(const server_request& head) override {
    if (head.path == "/closed")
      return server_answer{.status = 403, .body = "no"};
    return uint64_t{8};
  }

  server_answer answer(const server_request& request) override {
    if (request.path == "/mad")
      throw std::runtime_error{"the handler has gone mad"};
    server_answer out;
    out.body = request.path + request.body;
    if (request.path == "/endless")
      out.stream = [](web_stream& to) {
        while (to.write("again\n") && to.wait(1ms)) {
        }
      };
    return out;
  }

  void refused(const std::string&, const web_fault& why) override {
    std::lock_guard held{mutex};
    faults.push_back(why.status);
  }

  std::vector<int> all() {
    std::lock_guard held{mutex};
    return faults;
  }

  std::mutex mutex;
  std::vector<int> faults;
};

class client {
public:
  explicit client(uint16_t port)
      : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&name), sizeof name)
            == 0);
  }

  ~client() {
    ::close(fd_);
  }

  client(const client&) = delete;
  client& operator=(const client&) = delete;

  void say(const std::string& bytes) const {
    static_cast<void>(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }

  /// What comes, to its end or until there is so much.
  std::string hear(size_t most = std::string::npos) const {
    std::string out;
    char buffer[1024];
    while (out.size() < most) {
      auto got = ::recv(fd_, buffer, sizeof buffer, 0);
      if (got <= 0)
        break;
      out.append(buffer, static_cast<size_t>(got));
    }
    return out;
  }

private:
  int fd_;
};

struct web_scene {
  explicit web_scene(web_bounds bounds = {})
      : server{
        test::must(web_server::start({"127.0.0.1", 0}, bounds, handler))} {
  }

  std::string ask(const std::string& first, const std::string& rest = "\r\n") {
    client one{server->port()};
    one.say(first + " HTTP/1.1\r\n" + rest);
    return one.hear();
  }

  std::shared_ptr<echoing> handler = std::make_shared<echoing>();
  std::unique_ptr<web_server> server;
};

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size()
         && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

} // namespace

TEST_CASE("a web server answers, within the bounds of a body",
          "[actors][fleet][http]") {
  web_scene scene;
  CHECK(ends_with(scene.ask("GET /a"), "\r\n\r\n/a"));
  CHECK(ends_with(scene.ask("GET /a", "Content-Length: 8\r\n\r\n12345678"),
                  "/a12345678"));
  CHECK(scene.ask("GET /a", "Content-Length: 9\r\n\r\n").find(" 413 ") == 8);
  CHECK(scene.ask("GET /closed", "Content-Length: 99\r\n\r\n").find(" 403 ")
        == 8);
  auto waits = scene.ask("GET /a", "Expect: 100-continue\r\nContent-Length: "
                                   "0\r\n\r\n");
  CHECK(waits.find(" 200 ") == 8);
}

TEST_CASE("a web server sends the head alone when nothing else is asked for",
          "[actors][fleet][http][page]") {
  web_scene scene;
  auto head = scene.ask("HEAD /a");
  CHECK(head.find(" 200 ") == 8);
  CHECK(head.find("Content-Length: 2\r\n") != std::string::npos);
  CHECK(ends_with(head, "\r\n\r\n"));
  CHECK(ends_with(scene.ask("HEAD /closed"), "\r\n\r\n"));
  // Not even of what would never end.
  CHECK(ends_with(scene.ask("HEAD /endless"), "\r\n\r\n"));
}

TEST_CASE("an exception ends one request, and a server all of its clients",
          "[actors][fleet][http][M007]") {
  web_scene scene;
  CHECK(scene.ask("GET /mad").empty());
  CHECK(scene.handler->all() == std::vector<int>{500});
  CHECK(ends_with(scene.ask("GET /a"), "/a"));
  client endless{scene.server->port()};
  endless.say("GET /endless HTTP/1.1\r\n\r\n");
  CHECK_FALSE(endless.hear(1000).empty());
  client silent{scene.server->port()};
  scene.server.reset();
  endless.hear();
  CHECK(silent.hear().empty());
}

TEST_CASE("a web server has so many streams, and no more",
          "[actors][fleet][http]") {
  web_bounds bounds;
  bounds.streams = 1;
  web_scene scene{bounds};
  client first{scene.server->port()};
  first.say("GET /endless HTTP/1.1\r\n\r\n");
  CHECK_FALSE(first.hear(1000).empty());
  CHECK(scene.ask("GET /endless").find(" 503 ") == 8);
  CHECK(ends_with(scene.ask("GET /a"), "/a"));
}

TEST_CASE("who is slow with a head or a body is let go",
          "[actors][fleet][http]") {
  web_bounds bounds;
  bounds.head = 1ms;
  bounds.body = 1ms;
  web_scene scene{bounds};
  client slow{scene.server->port()};
  slow.say("GET / HTTP/1.1\r\n");
  auto got = slow.hear();
  CHECK((got.empty() || got.find(" 408 ") == 8));
}
