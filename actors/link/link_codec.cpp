#include "actors/link/link_codec.hpp"

#include "config/value/record_codec.hpp"

#include <array>

namespace troupe {

namespace {

constexpr auto runner = only(link_role::runner);
constexpr auto operators = only(link_role::operator_);
constexpr auto admins = only(link_role::admin);
constexpr link_role_set people = operators | admins | only(link_role::viewer);
constexpr link_role_set anybody = people | runner;

constexpr uint32_t kib(uint32_t x) {
  return x << 10;
}

constexpr auto opening = link_phase::opening;
constexpr auto waiting = link_phase::waiting;
constexpr auto joined = link_phase::joined;

constexpr std::array rows{
  // number, name, to controllers from, from controllers to, bytes, when, open
  link_row{1, "hello", anybody, 0, kib(64), opening, opening, true},
  link_row{2, "welcome", 0, anybody, kib(64), waiting, waiting, false},
  link_row{3, "refused", 0, anybody, kib(2), waiting, waiting, true},
  link_row{4, "heartbeat", anybody, anybody, 16, joined, joined, false},
  link_row{5, "credit", people, runner, 16, joined, joined, false},
  link_row{6, "ack", people, runner, kib(64), joined, joined, false},
  link_row{7, "events", runner, people, frame_most, joined, joined, false},
  link_row{8, "about", runner, 0, frame_most, joined, joined, false},
  link_row{9, "offer", 0, runner, kib(66), joined, joined, false},
  link_row{10, "accept", runner, 0, kib(1), joined, joined, false},
  link_row{11, "decline", runner, 0, kib(2), joined, joined, false},
  link_row{12, "want", runner, operators, kib(1), joined, joined, false},
  link_row{13, "piece", operators, runner, kib(257), joined, joined, false},
  link_row{14, "cancel", operators, runner, kib(2), joined, joined, false},
  link_row{15, "ask", people, runner, kib(66), joined, joined, false},
  link_row{16, "answer", runner, people, frame_most, joined, joined, false},
  link_row{17, "submit", operators, 0, kib(66), joined, joined, false},
  link_row{18, "bye", anybody, anybody, kib(2), waiting, joined, false},
  link_row{19, "renew", anybody, 0, kib(9), joined, joined, false},
  link_row{20, "renewed", 0, anybody, kib(9), joined, joined, false},
};

static_assert(rows.size() == std::variant_size_v<link_message>);

class fields_writer final : public link_fields {
public:
  void number(const char*, uint64_t& x, uint64_t most) override {
    sound_ = sound_ && x <= most;
    to_.put(x);
  }

  void text(const char*, std::string& x, size_t most) override {
    sound_ = sound_ && x.size() <= most;
    to_.put(x);
  }

  size_t items(const char*, size_t count, size_t most) override {
    sound_ = sound_ && count <= most;
    to_.put(uint64_t{count});
    return count;
  }

  bool sound() const {
    return sound_;
  }

  const std::string& bytes() const {
    return to_.bytes();
  }

private:
  record_writer to_;
  bool sound_ = true;
};

class fields_reader final : public link_fields {
public:
  explicit fields_reader(std::string_view bytes) : from_{bytes} {
  }

  void number(const char*, uint64_t& x, uint64_t most) override {
    x = from_.number();
    sound_ = sound_ && x <= most;
    // Who reads a choice must find one that there is.
    if (x > most)
      x = 0;
  }

  void text(const char*, std::string& x, size_t most) override {
    x = from_.text();
    sound_ = sound_ && x.size() <= most;
  }

  size_t items(const char*, size_t, size_t most) override {
    auto count = from_.number();
    sound_ = sound_ && count <= most;
    return sound() ? count : 0;
  }

  bool more() const override {
    return !from_.at_end();
  }

  bool sound() const {
    return sound_ && from_.sound();
  }

  bool at_end() const {
    return from_.at_end();
  }

private:
  record_reader from_;
  bool sound_ = true;
};

template <size_t... Is>
link_message empty_of(size_t index, std::index_sequence<Is...>) {
  link_message out;
  ((index == Is ? static_cast<void>(out.emplace<Is>()) : void()), ...);
  return out;
}

} // namespace

std::span<const link_row> link_rows() {
  return rows;
}

const link_row* row_of(uint8_t number) {
  return number >= 1 && number <= rows.size() ? &rows[number - 1U] : nullptr;
}

bool may_send(const link_row& row, link_role peer, bool to_controller) {
  return has(to_controller ? row.from : row.to, peer);
}

bool may_ask(link_role peer, link_question what) {
  return what <= link_question::watch ? has(people, peer)
                                      : peer == link_role::admin;
}

link_message empty_message(const link_row& row) {
  return empty_of(
    row.number - 1U,
    std::make_index_sequence<std::variant_size_v<link_message>>{});
}

void visit_fields(link_message& message, link_fields& of) {
  std::visit([&](auto& x) { x.fields(of); }, message);
}

std::optional<std::string> write_frame(link_message message) {
  auto& row = row_of(message);
  fields_writer to;
  visit_fields(message, to);
  auto size = to.bytes().size();
  if (!to.sound() || size > row.most)
    return std::nullopt;
  std::string out;
  out.reserve(frame_head + size);
  for (unsigned shift = 0; shift < 32; shift += 8)
    out.push_back(static_cast<char>(size >> shift));
  out.push_back(static_cast<char>(row.number));
  return out += to.bytes();
}

std::optional<link_message> read_message(const link_row& row,
                                         std::string_view payload) {
  auto out = empty_message(row);
  fields_reader from{payload};
  visit_fields(out, from);
  if (!from.sound() || (!row.open && !from.at_end()))
    return std::nullopt;
  return out;
}

std::string write_event(link_event event) {
  fields_writer to;
  event.fields(to);
  return to.bytes();
}

std::optional<link_event> read_event(std::string_view bytes) {
  link_event out;
  fields_reader from{bytes};
  out.fields(from);
  if (!from.sound() || !from.at_end())
    return std::nullopt;
  return out;
}

std::string write_position(stream_position at) {
  fields_writer to;
  at.fields(to);
  return to.bytes();
}

std::optional<stream_position> read_position(std::string_view bytes) {
  stream_position out;
  fields_reader from{bytes};
  out.fields(from);
  if (!from.sound() || !from.at_end())
    return std::nullopt;
  return out;
}

} // namespace troupe
