// Any bytes may come over a link, from any role and in any pieces: they are
// read as messages that are written again as the same, or end the session with
// one note; what is held stays small.

#include "actors/link/link_session.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace troupe;

/// A few events.
class short_source final : public link_source {
public:
  std::vector<stream_position> positions() const override {
    return {{{"run", 0}, sequence_}};
  }

  void rewind() override {
  }

  bool next_size(size_t& bytes) override {
    bytes = 100;
    return sequence_ < 20;
  }

  bool next(link_event& to) override {
    to = {{{"run", 0}, ++sequence_}, link_rank::result, std::string(100, 'x')};
    return true;
  }

  void acknowledged(const stream_position&) override {
  }

private:
  uint64_t sequence_ = 0;
};

void check(bool held) {
  if (!held)
    std::abort();
}

/// What is read of a payload is written and read again as the same.
void read_one(uint8_t type, std::string_view payload) {
  auto* row = row_of(type);
  if (!row || payload.size() > row->most)
    return;
  auto message = read_message(*row, payload);
  if (!message)
    return;
  auto frame = write_frame(*message);
  check(frame.has_value());
  auto again = read_message(*row, std::string_view{*frame}.substr(frame_head));
  check(again && write_frame(*again) == frame);
}

/// The first byte chooses who listens to whom, and how far they had come; then
/// pieces come, each with its length and the time that passed before it.
void talk(std::string_view bytes) {
  auto how = static_cast<uint8_t>(bytes.front());
  bytes.remove_prefix(1);
  link_terms terms;
  terms.role = static_cast<link_role>(how & 3);
  terms.dials = (how & 4) != 0;
  terms.id = "x";
  terms.highest = 1 + (how >> 7);
  short_source source;
  link_session session{terms, (how & 8) != 0 ? &source : nullptr};
  link_time now;
  session.open(now);
  auto opening = terms.dials ? *write_frame(link_welcome{1, "", 1000, 2000})
                             : *write_frame(link_hello{1, 2, "x"});
  if ((how & 16) != 0)
    session.take(now, opening);
  unsigned ended = 0;
  for (bool more = true; more;) {
    for (auto& note : session.notes()) {
      check(ended == 0);
      if (std::get_if<link_joining>(&note))
        session.welcome(now, {{{"run", 0}, 5}});
      if (auto* arrival = std::get_if<link_arrival>(&note);
          arrival && (how & 32) != 0)
        session.stored(now, arrival->event.at);
      if (std::get_if<link_closed>(&note))
        ++ended;
    }
    check(ended <= 1 && session.held() < (size_t{1} << 20));
    more = bytes.size() > 2;
    if (!more)
      break;
    auto size = static_cast<uint8_t>(bytes[0]);
    now += std::chrono::milliseconds{static_cast<int8_t>(bytes[1]) * 100};
    bytes.remove_prefix(2);
    session.take(now, bytes.substr(0, size));
    session.tick(now);
    bytes.remove_prefix(std::min<size_t>(size, bytes.size()));
    session.written(now, session.output().size() / 2);
  }
  check(session.closed() == (ended == 1) || !session.notes().empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2)
    return 0;
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  if (data[0] == 0xff)
    read_one(data[1], bytes.substr(2));
  else
    talk(bytes);
  return 0;
}
