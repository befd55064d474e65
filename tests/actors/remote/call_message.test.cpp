#include "actors/remote/line_frames.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

std::vector<line_message> samples() {
  line_call call;
  call.number = 7;
  call.module = "copy";
  call.args = dict{{"dest", "/srv/x"}, {"mode", "0644"}, {"n", int64_t{3}}};
  call.check_mode = true;
  call.aside = true;
  call.environment = {{"A", "1"}, {"B", ""}};
  call.become_user = "daemon";
  call.become_program = "sudo2";
  call.become_flags = "-E -H";
  call.become_password = "secret";
  call.time = std::chrono::seconds{3};
  call.sources = {{placed_source::kinds::folder, "0", {}, 0700},
                  {placed_source::kinds::link, "0/l", "../x", 0},
                  {placed_source::kinds::file, "0/f", "abc", 0}};
  call.prepared
    = prepared_source{"/p/t.j2", 0600, "text", prepared_source::kinds::missing};
  line_answer answer;
  answer.number = 7;
  answer.result = module_result::failure(errc::not_found, "no");
  answer.result.data.set("stdout", value::from_host("{{ x }}"));
  answer.result.facts.set("f", list{{value{int64_t{1}}}});
  answer.result.warnings = {"w"};
  answer.result.diff = value{dict{{"before", "a"}}};
  answer.result.things = {{effect::made, "file", "/srv/x"}};
  return {line_hello{"1.2", 1000, "maria", "/tmp/f"},
          source_piece{"abc", 0644, "bytes", true, false},
          call,
          line_output{7, "piece"},
          answer,
          line_stop{7},
          line_pulse{}};
}

/// Texts count as those of a host from then on.
std::string as_read(const line_message& message) {
  auto type = static_cast<uint8_t>(message.index());
  auto got = read_line_message(type, write_line_message(message));
  REQUIRE(got);
  return write_line_message(*got);
}

std::vector<line_message> read_all(const std::string& bytes, size_t piece,
                                   bool* sound = nullptr) {
  std::vector<line_message> out;
  line_reader reader;
  bool fine = true;
  for (size_t at = 0; at < bytes.size() && fine; at += piece)
    fine = reader.take(std::string_view{bytes}.substr(at, piece),
                       [&](line_message x) { out.push_back(std::move(x)); });
  if (sound)
    *sound = fine;
  return out;
}

} // namespace

TEST_CASE("messages of a line are read as they were written",
          "[actors][remote][M144]") {
  std::string all;
  for (auto& each : samples())
    all += frames_of(each);
  for (size_t piece : {size_t{1}, size_t{7}, all.size()}) {
    auto got = read_all(all, piece);
    REQUIRE(got.size() == samples().size());
    for (size_t i = 0; i < got.size(); ++i)
      CHECK(write_line_message(got[i]) == as_read(samples()[i]));
  }
}

TEST_CASE("a call is read with all that it says", "[actors][remote][M144]") {
  auto sent = samples()[2];
  auto got = read_all(frames_of(sent), 5);
  REQUIRE(got.size() == 1);
  auto& x = std::get<line_call>(got[0]);
  auto& was = std::get<line_call>(sent);
  CHECK(x.number == 7);
  CHECK(x.module == "copy");
  CHECK(x.args == was.args);
  CHECK(x.check_mode);
  CHECK(x.aside);
  CHECK(!x.diff_mode);
  CHECK(x.environment == was.environment);
  CHECK(x.become_password == "secret");
  CHECK(x.time == was.time);
  REQUIRE(x.sources.size() == 3);
  CHECK(x.sources[1].what == "../x");
  REQUIRE(x.prepared);
  CHECK(x.prepared->kind == prepared_source::kinds::missing);
}

TEST_CASE("nothing that another host says is taken for a template",
          "[actors][remote][M144]") {
  line_answer answer;
  answer.result.data.set("x", value{"{{ y }}"});
  answer.result.facts.set("x", value{list{{value{"{{ y }}"}}}});
  auto got = read_all(frames_of(answer), 100);
  REQUIRE(got.size() == 1);
  auto& result = std::get<line_answer>(got[0]).result;
  CHECK(result.data.find("x")->as_text().unsafe);
  CHECK(result.facts.find("x")->as_list().items[0].as_text().unsafe);
}

TEST_CASE("a message of a line is at most so long", "[actors][remote][M144]") {
  auto of_size = [](size_t bytes) {
    line_output out;
    out.piece.assign(bytes, 'x');
    return out;
  };
  auto around
    = write_line_message(of_size(line_message_most)).size() - line_message_most;
  auto most = of_size(line_message_most - around);
  auto got = read_all(frames_of(most), size_t{1} << 16U);
  REQUIRE(got.size() == 1);
  CHECK(std::get<line_output>(got[0]).piece.size() == most.piece.size());
  CHECK(frames_of(of_size(line_message_most - around + 1)).empty());
}

TEST_CASE("what is no message ends a line", "[actors][remote][M144]") {
  auto refused = [](const std::string& bytes) {
    bool sound = true;
    read_all(bytes, bytes.size(), &sound);
    return !sound;
  };
  std::string frame{"\x03\x00\x00\x00", 4};
  CHECK(refused(frame + "\x7f" + "abc"));
  // A length that no frame has.
  CHECK(refused("\xff\xff\xff\xff\x01"));
  // Too short, and with something behind it.
  for (auto& each : samples()) {
    auto bytes = write_line_message(each);
    auto type = static_cast<uint8_t>(each.index());
    if (!bytes.empty())
      CHECK(!read_line_message(type, bytes.substr(0, bytes.size() - 1)));
    CHECK(!read_line_message(type, bytes + "x"));
  }
  // A message that goes on for ever: 32 MiB and one frame.
  std::string endless;
  std::string part{"\x00\x00\x10\x00\x83", 5};
  part.append(size_t{1} << 20U, 'x');
  line_reader reader;
  auto none = [](const line_message&) {};
  for (unsigned i = 0; i < 32; ++i)
    REQUIRE(reader.take(part, none));
  CHECK(!reader.take(part, none));
}

TEST_CASE("a message of a line has so many values", "[actors][remote][M144]") {
  auto with = [](size_t count) {
    list items;
    items.items.resize(count);
    line_answer answer;
    answer.result.data.set("x", value{std::move(items)});
    return write_line_message(answer);
  };
  auto type = static_cast<uint8_t>(line_message{line_answer{}}.index());
  // The dict has one entry.
  CHECK(read_line_message(type, with(line_values_most - 1)));
  CHECK(!read_line_message(type, with(line_values_most)));
}
