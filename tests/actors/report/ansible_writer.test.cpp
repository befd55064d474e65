#include "actors/report/ansible_writer.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace troupe;

namespace {

class ansible_output final : public output {
public:
  ansible_output() : output{stream::err} {
  }

  void write(std::string_view bytes) override {
    text += bytes;
  }

  std::string text;
};

/// What a writer says on both streams.
struct ansible_scene {
  std::shared_ptr<ansible_output> out = std::make_shared<ansible_output>();
  std::shared_ptr<ansible_output> err = std::make_shared<ansible_output>();
  ansible_writer writer;

  explicit ansible_scene(int verbosity = 0, bool diff = false)
      : writer{out, err, {.verbosity = verbosity, .diff = diff}} {
  }

  void end(task_result result) {
    run_event event;
    event.host = "web1";
    event.what
      = task_ended{std::make_shared<const task_result>(std::move(result))};
    writer.on(event);
  }
};

task_result debug_with(std::vector<std::string> warnings) {
  task_result out;
  out.id = "t1";
  out.name = out.module = "debug";
  out.output = dict{{"msg", "x"}, {"changed", false}};
  out.warnings = std::move(warnings);
  return out;
}

} // namespace

TEST_CASE("a warning is told once, in lines that fit",
          "[actors][report][M145]") {
  ansible_scene one;
  std::string words;
  for (int i = 0; i < 20; ++i)
    words += "word ";
  words += "end";
  one.end(debug_with({words, "short"}));
  one.end(debug_with({"short"}));
  CHECK(one.err->text
        == "[WARNING]: word word word word word word word word word word word "
           "word word\nword word word word word word word end\n"
           "[WARNING]: short\n");
}

TEST_CASE("so many warnings are known again", "[actors][report][M145]") {
  ansible_scene one;
  constexpr int remembered = 1000;
  std::vector<std::string> all;
  for (int i = 0; i <= remembered; ++i)
    all.push_back(fmt::format("{}", i));
  one.end(debug_with(all));
  one.err->text.clear();
  one.end(debug_with(all));
  CHECK(one.err->text == fmt::format("[WARNING]: {}\n", remembered));
}

TEST_CASE("items that were passed over are told in full when asked",
          "[actors][report][M145]") {
  task_result result;
  result.id = "t1";
  result.name = result.module = "command";
  result.status = task_status::skipped;
  result.output = dict{{"results", list{dict{{"item", "a"},
                                             {"ansible_loop_var", "item"},
                                             {"changed", false},
                                             {"skipped", true},
                                             {"skip_reason", "no"},
                                             {"false_condition", "x"}}}}};
  ansible_scene brief;
  brief.end(result);
  CHECK(brief.out->text.ends_with(
    "skipping: [web1] => (item=a) \nskipping: [web1]\n"));
  ansible_scene full{1};
  full.end(result);
  CHECK(full.out->text.ends_with(
    "skipping: [web1] => (item=a)  => {\"ansible_loop_var\": \"item\", "
    "\"changed\": false, \"item\": \"a\", \"skip_reason\": \"no\"}\n"
    "skipping: [web1] => {\"changed\": false, \"msg\": \"All items "
    "skipped\"}\n"));
}

TEST_CASE("a difference is told of what changed", "[actors][report][M145]") {
  task_result result;
  result.id = "t1";
  result.name = result.module = "replace";
  result.output = dict{{"changed", true}};
  result.diff = dict{{"before", "a\n"}, {"after", "b\n"}};
  ansible_scene none{0, true};
  none.end(result);
  CHECK(none.out->text.find("+b") == std::string::npos);
  result.changed = true;
  ansible_scene unasked;
  unasked.end(result);
  CHECK(unasked.out->text.find("+b") == std::string::npos);
  ansible_scene some{0, true};
  some.end(result);
  CHECK(some.out->text.find("+b") != std::string::npos);
}
