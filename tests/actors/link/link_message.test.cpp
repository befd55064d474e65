#include "actors/link/link_message.hpp"

#include "config/value/record_codec.hpp"
#include "tests/actors/link/link_samples.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;
using test::filling_fields;

namespace {

/// What the page says of the fields of a message.
class described_fields final : public link_fields {
public:
  void number(const char* name, uint64_t&, uint64_t most) override {
    add(most == ~uint64_t{0} ? fmt::format("{}: number", name)
                             : fmt::format("{}: number to {}", name, most));
  }

  void text(const char* name, std::string&, size_t most) override {
    add(fmt::format("{}: {} bytes", name, most));
  }

  size_t items(const char* name, size_t, size_t most) override {
    add(fmt::format("{}: {}, each with", name, most));
    apart_ = " ";
    return 1;
  }

  std::string words() const {
    return words_.empty() ? "–" : words_;
  }

private:
  void add(const std::string& word) {
    words_ += (words_.empty() ? "" : std::exchange(apart_, "; ")) + word;
  }

  std::string words_;
  const char* apart_ = "; ";
};

/// A field whose name is looked for is made to pass its bound.
class passing_fields final : public link_fields {
public:
  explicit passing_fields(size_t which) : which_{which} {
  }

  void number(const char*, uint64_t& x, uint64_t most) override {
    if (seen_++ == which_ && most < ~uint64_t{0})
      x = most + (past_ = true);
  }

  void text(const char*, std::string& x, size_t most) override {
    if (seen_++ == which_)
      x.assign(most + (past_ = true), 'x');
  }

  size_t items(const char*, size_t count, size_t most) override {
    return seen_++ == which_ ? most + (past_ = true) : count;
  }

  bool past() const {
    return past_;
  }

  bool any() const {
    return seen_ > which_;
  }

private:
  size_t which_;
  size_t seen_ = 0;
  bool past_ = false;
};

std::string names_of(link_role_set set) {
  std::string out;
  for (unsigned i = 0; i < link_roles; ++i)
    if (auto role = static_cast<link_role>(i); has(set, role))
      out += (out.empty() ? "" : ", ") + std::string{to_string(role)};
  return out.empty() ? "–" : out;
}

/// A name in the table of reasons; nothing where a list has ended.
template <class Enum>
std::string reason(unsigned number, Enum last) {
  return number <= static_cast<unsigned>(last)
           ? to_string(static_cast<Enum>(number))
           : "";
}

std::string payload_of(const link_message& message) {
  auto frame = write_frame(message);
  REQUIRE(frame);
  return frame->substr(frame_head);
}

} // namespace

TEST_CASE("every message is read as it was written",
          "[actors][link][message][M083]") {
  for (auto& row : link_rows()) {
    auto message = test::sample_of(row);
    auto frame = write_frame(message);
    INFO(row.name);
    REQUIRE(frame);
    CHECK(static_cast<uint8_t>((*frame)[4]) == row.number);
    auto again = read_message(row, std::string_view{*frame}.substr(frame_head));
    REQUIRE(again);
    CHECK(again->index() + 1 == row.number);
    CHECK(*write_frame(*again) == *frame);
    CHECK_FALSE(*write_frame(empty_message(row)) == *frame);
  }
}

TEST_CASE("a message that is cut or goes on is refused",
          "[actors][link][message][M083]") {
  for (auto& row : link_rows()) {
    auto payload = payload_of(test::sample_of(row));
    INFO(row.name);
    // Version 1 has no `reports`, which is one byte.
    auto shortest = payload.size() - (row.name == std::string{"hello"} ? 1 : 0);
    for (size_t size = 0; size < shortest; ++size)
      CHECK_FALSE(read_message(row, std::string_view{payload}.substr(0, size)));
    // Later versions may add to what is said before they are agreed on.
    CHECK(read_message(row, payload + "x").has_value() == row.open);
  }
}

TEST_CASE("a hello of version 1 is one of a host that is there for others",
          "[actors][link][message][M083]") {
  auto& row = *row_of(link_message{link_hello{}}.index() + 1);
  auto payload = payload_of(test::sample_of(row));
  auto whole = read_message(row, payload);
  REQUIRE(whole);
  CHECK(std::get<link_hello>(*whole).reports == 1);
  auto older = read_message(row, payload.substr(0, payload.size() - 1));
  REQUIRE(older);
  CHECK(std::get<link_hello>(*older).reports == 0);
}

TEST_CASE("a field of a message goes to its bound and not past it",
          "[actors][link][message][M083]") {
  for (auto& row : link_rows()) {
    auto full = empty_message(row);
    filling_fields filling{filling_fields::how::all};
    if (row.name != std::string{"events"})
      visit_fields(full, filling);
    INFO(row.name);
    CHECK(write_frame(full));
    for (size_t field = 0;; ++field) {
      auto message = test::sample_of(row);
      passing_fields passing{field};
      visit_fields(message, passing);
      if (!passing.any())
        break;
      INFO(field);
      if (passing.past())
        CHECK_FALSE(write_frame(message));
    }
  }
}

TEST_CASE("a list that announces more than it has is refused",
          "[actors][link][message][M083]") {
  for (uint64_t count : {uint64_t{1}, uint64_t{batch_most},
                         uint64_t{batch_most} + 1, ~uint64_t{0}}) {
    record_writer to;
    to.put(count);
    CHECK_FALSE(read_message(*row_of(7), to.bytes()));
  }
  record_writer none;
  none.put(uint64_t{0});
  CHECK(read_message(*row_of(7), none.bytes()));
}

TEST_CASE("the largest event fits into a frame",
          "[actors][link][message][M083]") {
  link_event event;
  filling_fields filling{filling_fields::how::all};
  event.fields(filling);
  CHECK(event.body.size() == event_most);
  CHECK(write_frame(link_events{{event}}));
  CHECK(credit_for(event_most) == credit_least);
  event.body += 'x';
  CHECK_FALSE(write_frame(link_events{{event}}));
}

TEST_CASE("questions are asked by those who may", "[actors][link][M112]") {
  for (unsigned i = 0; i < link_roles; ++i) {
    auto role = static_cast<link_role>(i);
    for (auto what : {link_question::hosts, link_question::runs,
                      link_question::state, link_question::watch})
      CHECK(may_ask(role, what) == (role != link_role::runner));
    for (auto what :
         {link_question::token, link_question::approve, link_question::revoke})
      CHECK(may_ask(role, what) == (role == link_role::admin));
  }
}

TEST_CASE("the table of messages is the one that is written down",
          "[actors][docs][link][M083]") {
  auto page = test::read_file(test::source_path("docs/protocol.md"));
  auto count = 0;
  for (auto at = page.find("\n| `"); at != page.npos;
       at = page.find("\n| `", at + 1))
    ++count;
  CHECK(static_cast<size_t>(count) == link_rows().size());
  for (auto& row : link_rows()) {
    auto message = empty_message(row);
    described_fields fields;
    visit_fields(message, fields);
    auto line = fmt::format("\n| `{}` | {} | {} | {} | {} | {} |", row.name,
                            row.number, names_of(row.from), names_of(row.to),
                            row.most, fields.words());
    INFO(line);
    CHECK(page.find(line) != page.npos);
  }
}

TEST_CASE("what is said by a number is written down",
          "[actors][docs][link][M083]") {
  auto page = test::read_file(test::source_path("docs/protocol.md"));
  for (unsigned i = 0; i <= static_cast<unsigned>(link_end::replaced); ++i) {
    auto line = fmt::format(
      "\n| {} | {} | {} | {} | {} | {} |", i, reason(i, link_end::replaced),
      reason(i, link_refusal::busy), reason(i, plan_refusal::unwanted),
      reason(i, link_question::revoke), reason(i, link_rank::ending));
    INFO(line);
    CHECK(page.find(line) != page.npos);
  }
  for (unsigned i = 0; i <= static_cast<unsigned>(link_fault::streams); ++i) {
    auto word = fmt::format("`{}`", to_string(static_cast<link_fault>(i)));
    INFO(word);
    CHECK(page.find(word) != page.npos);
  }
  for (auto size : {frame_most, event_most, streams_most, batch_most})
    CHECK(page.find(fmt::format(" {} ", size)) != page.npos);
}
