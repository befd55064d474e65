#pragma once

#include "actors/fleet/authorities.hpp"
#include "actors/fleet/history_store.hpp"
#include "actors/link/link_session.hpp"
#include "config/fleet/fleet_names.hpp"
#include "platform/crypto.hpp"
#include "platform/transport.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::test {

using steady = std::chrono::steady_clock;

/// What programs do that measure: without it they cannot go on.
template <class T>
T must_have(result<T> x) {
  if (x)
    return std::move(*x);
  fmt::print(stderr, "{}\n", x.why().message);
  std::exit(1);
}

/// One host that only has a link: no engine, no files.
struct bare_link {
  bare_link(const std::string& name, link_source& source)
      : session{terms_of(name), &source} {
  }

  static link_terms terms_of(const std::string& name) {
    link_terms out;
    out.id = name;
    out.software = "0.1.0";
    out.times.handshake = std::chrono::minutes{10};
    return out;
  }

  void go_on() {
    for (auto& note : session.notes())
      heard(note);
    if (writing > 0 || session.output().empty())
      return;
    std::string bytes{session.output()};
    writing = bytes.size();
    line->write(std::move(bytes));
  }

  template <class Work>
  void with(Work work) {
    std::lock_guard held{mutex};
    work();
    go_on();
  }

  connection_calls calls() {
    return {.opened =
              [this](const tls_peer&) {
                with([this] {
                  session.open(steady::now());
                  line->read();
                });
              },
            .came =
              [this](const std::string& bytes) {
                with([&] {
                  session.take(steady::now(), bytes);
                  line->read();
                });
              },
            .took =
              [this](size_t n) {
                with([&] {
                  writing -= n;
                  session.written(steady::now(), n);
                });
              },
            .gone =
              [this](const error& why) {
                with([&] { session.lost(steady::now(), why.message); });
                gone(why);
              }};
  }

  // What is told of it, on threads of the transport; set before it is dialled.
  std::function<void(const link_note&)> heard;
  std::function<void(const error&)> gone;
  std::mutex mutex;
  link_session session;
  std::shared_ptr<connection> line;
  size_t writing = 0;
};

/// Members with one key for all: what is looked at is at the other end.
inline std::vector<certified_key> make_bare_members(host& machine,
                                                    const std::string& folder,
                                                    size_t count,
                                                    const std::string& name) {
  auto fleet = must_have(renew_and_read_fleet(machine, folder));
  auto key = must_have(make_key_pair());
  auto request = must_have(make_request(key.secret));
  auto store = must_have(open_sqlite_store(folder + "/history.db"));
  std::vector<certified_key> out;
  for (size_t i = 0; i < count; ++i) {
    fleet_member member;
    member.name = fmt::format("{}{}", name, i);
    auto made = must_have(
      certify(machine, fleet.members, link_role::runner, member.name, request));
    member.fingerprints = {must_have(read_certificate(made)).fingerprint};
    if (auto ok = store->put(member); !ok)
      must_have(result<int>{ok.why()});
    out.push_back({std::move(made), key.secret});
  }
  return out;
}

} // namespace troupe::test
