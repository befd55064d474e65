#pragma once

#include "config/value/json.hpp"
#include "tests/e2e/fleet_stage.hpp"
#include "tests/support/temp_dir.hpp"

#include <poll.h>

namespace troupe::test {

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A connection to the HTTP face.
class face_client {
public:
  explicit face_client(int port) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(static_cast<uint16_t>(port));
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&name), sizeof name)
            == 0);
  }

  ~face_client() {
    ::close(fd_);
  }

  face_client(const face_client&) = delete;
  face_client& operator=(const face_client&) = delete;

  void say(std::string_view bytes) const {
    while (!bytes.empty()) {
      auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }

  /// What comes until the words are there, or the end; 30 s at most.
  std::string read_until(const std::string& words = {}) {
    char buffer[4096];
    while (words.empty() || !holds(in_, words)) {
      pollfd set{fd_, POLLIN, 0};
      if (::poll(&set, 1, 30'000) != 1)
        break;
      auto got = ::recv(fd_, buffer, sizeof buffer, 0);
      if (got <= 0)
        break;
      in_.append(buffer, static_cast<size_t>(got));
    }
    return in_;
  }

private:
  int fd_ = -1;
  std::string in_;
};

struct answered {
  int status = 0;
  std::string head;
  std::string body;
};

inline answered parted(const std::string& all) {
  answered out;
  auto end = all.find("\r\n\r\n");
  if (end == std::string::npos)
    return out;
  out.head = all.substr(0, end + 2);
  out.body = all.substr(end + 4);
  out.status = std::stoi(out.head.substr(9, 3));
  return out;
}

struct http_stage : fleet_stage {
  http_stage() {
    controller->signal(15);
    REQUIRE(controller->wait() == 0);
    start_with_http();
    viewer = http_token("eve", "viewer");
    op = http_token("ci", "operator");
  }

  void start_with_http() {
    controller = std::make_unique<program>(
      std::vector<std::string>{"controller", "run", dir / "c", "--listen",
                               address, "--http", std::to_string(port)});
    controller->read_until([](auto& out) { return holds(out, "HTTP at"); });
  }

  std::string http_token(const std::string& name, const std::string& role) {
    auto out = must_do({"controller", "http-token", dir / "c", "--name", name,
                        "--role", role})
                 .out;
    return out.substr(0, out.find('\n'));
  }

  answered ask(const std::string& method, const std::string& target,
               const std::string& token, const std::string& body = {},
               const std::string& more = {}) const {
    face_client client{port};
    auto head
      = method + " " + target + " HTTP/1.1\r\nHost: example.com\r\n" + more;
    if (!token.empty())
      head += "Authorization: Bearer " + token + "\r\n";
    if (!body.empty())
      head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    client.say(head + "\r\n" + body);
    return parted(client.read_until());
  }

  /// How a stream begins.
  answered begin(const std::string& target, const std::string& token) const {
    face_client client{port};
    client.say("GET " + target + " HTTP/1.1\r\nAuthorization: Bearer " + token
               + "\r\n\r\n");
    return parted(client.read_until("\r\n\r\n"));
  }

  answered get(const std::string& target) const {
    return ask("GET", target, viewer);
  }

  std::string signed_plan(const std::string& plan) {
    write_file(dir / "site.yml", plan);
    return must_do({"fleet", "sign", dir / "site.yml", "--hosts", "all",
                    "--key", dir / "release.key"})
      .out;
  }

  int port = free_port();
  std::string viewer;
  std::string op;
};

} // namespace troupe::test
