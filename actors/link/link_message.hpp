#pragma once

#include "actors/link/link_words.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace troupe {

// What may be said over a link, in version 2: plain structs, each with one
// function `fields` from which writing, reading and docs/protocol.md follow.

/// Goes through the fields of a message in their order: writes, reads or
/// describes them. Bounds are part of the protocol.
class link_fields {
public:
  virtual ~link_fields() = default;

  virtual void number(const char* name, uint64_t& x,
                      uint64_t most = std::numeric_limits<uint64_t>::max())
    = 0;
  /// Any bytes; `most` of them.
  virtual void text(const char* name, std::string& x, size_t most) = 0;
  /// How many items follow, each with the fields that come next; the answer is
  /// how many there shall be.
  virtual size_t items(const char* name, size_t count, size_t most) = 0;

  /// Whether fields follow that earlier versions do not have.
  virtual bool more() const {
    return true;
  }

  /// One of a closed list whose last one is `last`.
  template <class Enum>
  void choice(const char* name, Enum& x, Enum last) {
    auto bits = static_cast<uint64_t>(x);
    number(name, bits, static_cast<uint64_t>(last));
    x = static_cast<Enum>(bits);
  }
};

/// The processes of a run number their events from 1, each for itself: a run
/// that goes on after its process died has another part.
struct link_stream {
  std::string run;
  uint64_t part = 0;

  bool operator<(const link_stream& x) const {
    return run != x.run ? run < x.run : part < x.part;
  }
};

/// How far a stream has come.
struct stream_position {
  link_stream stream;
  uint64_t sequence = 0;

  void fields(link_fields& of);
};

struct link_hello {
  uint64_t lowest = 1;
  uint64_t highest = 1;
  std::string id;
  std::string software;
  /// Of each stream that may go on: what is known to be stored.
  std::vector<stream_position> streams;
  /// 1: it only tells of runs of its own, and is not there for others. From
  /// version 2 on.
  uint64_t reports = 0;

  void fields(link_fields& of);
};

struct link_welcome {
  uint64_t version = 1;
  std::string software;
  /// Between two signs of life, in ms.
  uint64_t heartbeat = 0;
  uint64_t credit = 0;
  /// Over how many ms to spread when all come back at once.
  uint64_t spread = 0;
  /// Of each stream in the hello: what is stored.
  std::vector<stream_position> streams;

  void fields(link_fields& of);
};

struct link_refused {
  link_refusal why = link_refusal::busy;
  uint64_t lowest = 1;
  uint64_t highest = 1;
  /// Not before so many ms have passed.
  uint64_t retry = 0;
  std::string text;

  void fields(link_fields& of);
};

struct link_heartbeat {
  uint64_t spread = 0;

  void fields(link_fields& of);
};

struct link_credit {
  uint64_t more = 0;

  void fields(link_fields& of);
};

struct link_ack {
  std::vector<stream_position> streams;

  void fields(link_fields& of);
};

/// One event; its body is a line of docs/events.md, which the link does not
/// read.
struct link_event {
  stream_position at;
  link_rank rank = link_rank::progress;
  std::string body;

  void fields(link_fields& of);
};

struct link_events {
  std::vector<link_event> events;

  void fields(link_fields& of);
};

struct link_about {
  std::vector<std::string> labels;
  /// JSON.
  std::string facts;

  void fields(link_fields& of);
};

/// A plan that a host shall run: what it is signed with; its bytes are asked
/// for when they are not there.
struct link_plan {
  std::string run;
  /// SHA-256 of its bytes.
  std::string digest;
  uint64_t size = 0;
  /// Of the digest, by the key of that name.
  std::string signature;
  std::string key;
  /// JSON: targets, batches, options of the run.
  std::string options;

  void fields(link_fields& of);
};

struct link_offer : link_plan {};

struct link_submit : link_plan {};

struct link_accept {
  std::string run;

  void fields(link_fields& of);
};

struct link_decline {
  std::string run;
  plan_refusal why = plan_refusal::unwanted;
  std::string text;

  void fields(link_fields& of);
};

struct link_want {
  std::string digest;
  uint64_t offset = 0;

  void fields(link_fields& of);
};

struct link_piece {
  std::string digest;
  uint64_t offset = 0;
  std::string bytes;

  void fields(link_fields& of);
};

struct link_cancel {
  std::string run;
  std::string text;

  void fields(link_fields& of);
};

struct link_ask {
  /// Comes back in the answer.
  uint64_t number = 0;
  link_question what = link_question::hosts;
  std::string subject;
  /// JSON.
  std::string options;

  void fields(link_fields& of);
};

struct link_answer {
  uint64_t number = 0;
  uint64_t failed = 0;
  /// Another part of the answer follows.
  uint64_t more = 0;
  /// JSON; where it failed, a sentence.
  std::string body;

  void fields(link_fields& of);
};

struct link_bye {
  link_end why = link_end::done;
  /// Not before so many ms have passed.
  uint64_t retry = 0;
  std::string text;

  void fields(link_fields& of);
};

/// The certificate of this peer ends soon: it asks for one that lasts longer.
struct link_renew {
  /// PKCS #10, PEM, by the key that it has joined with.
  std::string request;

  void fields(link_fields& of);
};

struct link_renewed {
  /// PEM.
  std::string certificate;

  void fields(link_fields& of);
};

/// In the order of their numbers, which begin with 1.
using link_message
  = std::variant<link_hello, link_welcome, link_refused, link_heartbeat,
                 link_credit, link_ack, link_events, link_about, link_offer,
                 link_accept, link_decline, link_want, link_piece, link_cancel,
                 link_ask, link_answer, link_submit, link_bye, link_renew,
                 link_renewed>;

} // namespace troupe
