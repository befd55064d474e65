#pragma once

#include "actors/fleet/fleet_status.hpp"
#include "actors/link/link_message.hpp"
#include "platform/result.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace troupe {

using store_time = std::chrono::system_clock::time_point;

/// Who has joined a fleet, once and for all by its key.
struct fleet_member {
  std::string name;
  link_role role = link_role::runner;
  /// SHA-256 of the public point of its key, in hex.
  std::string key;
  /// Of its certificates, which are let in.
  std::vector<std::string> fingerprints;
  bool revoked = false;
  store_time joined;
  store_time seen;
  std::string software;
  std::string address;
  std::vector<std::string> labels;
  /// JSON.
  std::string facts = "{}";
};

/// What lets somebody join. Of the token itself only its SHA-256 is kept.
struct join_token {
  std::string digest;
  link_role role = link_role::runner;
  /// The only name it is for; empty: any that is free.
  std::string name;
  store_time expires;
  /// Somebody has to approve of who comes with it.
  bool asks = false;
  bool approved = false;
  /// Who has used it, by name and key; empty: nobody.
  std::string used_by;
  std::string used_key;
};

/// What an event says of its run as a whole.
struct run_news {
  /// It has begun, or goes on in another process; else it has ended.
  bool begins = false;
  bool failed = false;
  /// What its plan is called, or how it ended.
  std::string text;
};

/// An event as it came from a host.
struct host_event {
  std::string host;
  link_event event;
  std::optional<run_news> news = std::nullopt;
};

/// A run that a host has told of and nobody has sent there.
struct reported_run {
  std::string host;
  std::string run;
  /// Running, ok or failed.
  fleet_status status = fleet_status::running;
  std::string plan;
  /// How it ended.
  std::string text;
  /// When the controller heard of it; the epoch: it has not.
  store_time begun;
  store_time ended;
};

/// What lets a program ask a controller over HTTP. Of the token itself only its
/// SHA-256 is kept.
struct web_token {
  std::string digest;
  /// What people call it; there is one of each name.
  std::string name;
  link_role role = link_role::viewer;
  store_time made;
  store_time expires;
};

struct stored_event {
  /// Rises with each event that is stored.
  uint64_t id = 0;
  std::string host;
  std::string body;
};

/// A plan that was sent to a fleet.
struct fleet_run {
  std::string run;
  /// Of the order, in hex.
  std::string digest;
  std::string signature;
  std::string key;
  uint64_t size = 0;
  std::string submitter;
  /// JSON: targets, batches.
  std::string options;
  fleet_status status = fleet_status::receiving;
  store_time submitted;
  store_time ended;
};

/// One host of a run.
struct fleet_run_host {
  std::string host;
  uint64_t batch = 0;
  fleet_status status = fleet_status::waiting;
  std::string text;
  /// When it was offered the run first; the epoch: not yet.
  store_time since;

  bool operator==(const fleet_run_host&) const = default;
};

/// What a store keeps of what is over.
struct store_bounds {
  /// Of runs that have ended, and of events that belong to none: since when.
  store_time since;
  /// Runs that were sent, those that go on included; of runs that hosts have
  /// told of by themselves as many again.
  size_t runs = 10'000;
};

/// HISTORY's store: what outlives a controller. What a function has written is
/// on the disk when it returns; nothing else knows how it is kept.
class history_store {
public:
  virtual ~history_store() = default;

  /// All of them or none; one that is there already stays as it is.
  virtual result<void> add(std::span<const host_event> events) = 0;
  /// How far the streams of a host are stored, the newest first.
  virtual result<std::vector<stream_position>>
  positions(const std::string& host, size_t most) = 0;
  /// Of one run, and of one host unless that is empty, behind `after`.
  virtual result<std::vector<stored_event>> events(const std::string& run,
                                                   const std::string& host,
                                                   uint64_t after, size_t most)
    = 0;

  /// The last event of each host that has ended this run.
  virtual result<std::vector<stored_event>> endings(const std::string& run) = 0;

  /// Removes a part of what is older, or more, than is kept: runs that have
  /// ended with their hosts, events and orders, and tokens that are over. True
  /// when there may be more; it is asked for again, so that nobody waits long.
  virtual result<bool> forget(const store_bounds& keep) = 0;

  virtual result<std::vector<fleet_member>> members() = 0;
  virtual result<void> put(const fleet_member& member) = 0;
  virtual result<std::vector<join_token>> tokens() = 0;
  virtual result<void> put(const join_token& token) = 0;
  /// Token and member at once: the token is used.
  virtual result<void> admit(const fleet_member& member,
                             const join_token& token)
    = 0;

  virtual result<std::vector<web_token>> web_tokens() = 0;
  /// Takes the place of another one of this name.
  virtual result<void> put(const web_token& token) = 0;
  virtual result<void> remove_web_token(const std::string& name) = 0;

  virtual result<void> put_order(const std::string& digest,
                                 const std::string& bytes)
    = 0;
  /// Absent when there is none.
  virtual result<std::optional<std::string>> order(const std::string& digest)
    = 0;
  /// The newest first.
  virtual result<std::vector<fleet_run>> runs(size_t most) = 0;
  /// Absent when there is none.
  virtual result<std::optional<fleet_run>> run(const std::string& name) = 0;
  virtual result<std::vector<fleet_run_host>> hosts_of(const std::string& run)
    = 0;
  /// Runs that hosts have told of by themselves, the newest first.
  virtual result<std::vector<reported_run>> reports(size_t most) = 0;
  /// Those of this name: one of each host.
  virtual result<std::vector<reported_run>> reports_of(const std::string& run)
    = 0;
  /// A run and those of its hosts that have changed, at once.
  virtual result<void> put(const fleet_run& run,
                           std::span<const fleet_run_host> hosts)
    = 0;
};

/// In one file of SQLite, for one thread at a time. Older files are brought up
/// to date; newer ones are refused.
result<std::unique_ptr<history_store>>
open_sqlite_store(const std::string& path);

} // namespace troupe
