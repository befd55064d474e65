#pragma once

#include "tests/e2e/program.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

namespace troupe::test {

/// A port that nobody listens at.
inline int free_port() {
  auto fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&name), size) == 0);
  REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) == 0);
  ::close(fd);
  return ntohs(name.sin_port);
}

/// A controller, agents and people, each a process of its own on loopback.
struct fleet_stage {
  fleet_stage() {
    must_do({"controller", "init", dir / "c", "--address", address});
    must_do({"key", "new", dir / "release"});
    start_controller();
  }

  finished must_do(const std::vector<std::string>& words) {
    auto done = run_troupe(words);
    INFO(done.err);
    REQUIRE(done.rc == 0);
    return done;
  }

  void start_controller() {
    controller = std::make_unique<program>(std::vector<std::string>{
      "controller", "run", dir / "c", "--listen", address});
    controller->read_until(
      [](auto& out) { return out.find("listening") != std::string::npos; });
    REQUIRE(controller->out().find("listening") != std::string::npos);
  }

  void kill_controller() {
    controller->signal(9);
    CHECK(controller->wait() == -9);
  }

  std::string token(const std::string& name, const std::string& role,
                    const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"controller", "token",  dir / "c", "--name",
                                   name,         "--role", role};
    words.insert(words.end(), more.begin(), more.end());
    auto path = dir / (name + ".token");
    write_file(path, must_do(words).out);
    return path;
  }

  void join(const std::string& name, const std::string& role) {
    must_do({"agent", "join", address, "--name", name, "--token",
             token(name, role), "--dir", dir / name});
  }

  void start_agent(const std::string& name, const std::string& label = "web") {
    agent = std::make_unique<program>(std::vector<std::string>{
      "agent", "run", "--dir", dir / name, "--state-dir",
      dir / (name + ".state"), "--trust", dir / "release.pub", "--label",
      label});
    agent->read_error_until("joined the controller");
  }

  void kill_agent() {
    agent->signal(9);
    CHECK(agent->wait() == -9);
  }

  std::vector<std::string> run_words(const std::string& plan,
                                     const std::string& hosts = "all") {
    write_file(dir / "site.yml", plan);
    return {"fleet",      "run",   dir / "site.yml",    "--hosts",
            hosts,        "--key", dir / "release.key", "--dir",
            dir / "alice"};
  }

  temp_dir dir;
  std::string address = "127.0.0.1:" + std::to_string(free_port());
  std::unique_ptr<program> controller;
  std::unique_ptr<program> agent;
};

} // namespace troupe::test
