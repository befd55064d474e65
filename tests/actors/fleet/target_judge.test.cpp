#include "tests/actors/fleet/fleet_scene.hpp"

using namespace troupe;
using namespace troupe::test;
using namespace std::literals;

namespace {

using held_answers
  = std::vector<caf::typed_response_promise<target_answer_ptr>>;

/// A JUDGE that is at work until a question without an expression comes: then
/// all mean web1.
target_judge_actor::behavior_type
slow_judge(target_judge_actor::pointer self,
           const std::shared_ptr<held_answers>& held) {
  return {
    [self, held](const judge_question_ptr& what) {
      held->push_back(self->make_response_promise<target_answer_ptr>());
      auto last = held->back();
      if (what->where.empty())
        for (auto& each : std::exchange(*held, {}))
          each.deliver(
            std::make_shared<const target_answer>(target_answer{{"web1"}, {}}));
      return last;
    },
  };
}

judge_question question_about(size_t hosts, const std::string& where) {
  judge_question out;
  out.where = where;
  auto facts = std::make_shared<const std::string>(R"({"cores":4})");
  for (size_t i = 0; i < hosts; ++i)
    out.hosts.push_back({"web" + std::to_string(i), facts});
  return out;
}

void ask_where(fleet_scene& scene, const std::string& who, uint64_t number) {
  scene.say(who, link_ask{number, link_question::hosts, "all",
                          R"({"where":"cores > 2"})"});
}

link_answer last_answer(fleet_scene& scene, const std::string& who) {
  auto all = scene.heard[who]->all<link_answer>();
  return all.empty() ? link_answer{} : all.back();
}

} // namespace

TEST_CASE("hosts are chosen by what they have told of themselves",
          "[actors][fleet][registry][M111]") {
  small_fleet scene{{"web1", "web2"}};
  scene.arrive("web1", {"web"}, R"({"cores":4})");
  scene.arrive("web2", {"web"}, R"({"cores":1})");
  ask_where(scene, "alice", 1);
  auto said = last_answer(scene, "alice").body;
  CHECK(said.find("web1") != std::string::npos);
  CHECK(said.find("web2") == std::string::npos);
  // What it says anew counts.
  scene.arrive("web2", {"web"}, R"({"cores":8})");
  ask_where(scene, "alice", 2);
  CHECK(last_answer(scene, "alice").body.find("web2") != std::string::npos);
  scene.submit("r1", "web", R"({"where":"cores > 4"})");
  CHECK(scene.offers("web1") == 0);
  CHECK(scene.offers("web2") == 1);
  scene.submit("r2", "web", R"({"where":"cores > 40"})");
  CHECK(scene.text("r2", "")
        == "no host of the fleet is meant by 'web' where cores > 40");
}

TEST_CASE("what one expression may take is for all hosts together",
          "[actors][fleet][registry][M112]") {
  virtual_time stage;
  auto ask = [&](judge_question what, std::chrono::milliseconds budget) {
    auto uut = stage.system.spawn(target_judge, budget);
    auto out = stage.ask<target_answer_ptr>(
      uut, std::make_shared<const judge_question>(std::move(what)));
    caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
    stage.settle();
    return *out;
  };
  CHECK(ask(question_about(40, "cores > 2"), 60s).names.size() == 40);
  auto slow = ask(
    question_about(40, "(range(100000) | map('string') | join | length) > 1"),
    1ms);
  CHECK(slow.names.empty());
  CHECK(slow.problem.find("takes too long") != std::string::npos);
  // Nobody waits for it any more.
  auto late = question_about(40, "cores > 2");
  late.until = std::chrono::steady_clock::time_point{};
  CHECK(ask(late, 60s).problem.find("too busy") != std::string::npos);
}

TEST_CASE("who asks about facts holds nobody else up",
          "[actors][fleet][registry][M112]") {
  fleet_scene scene;
  auto held = std::make_shared<held_answers>();
  scene.judging = scene.system.spawn(slow_judge, held);
  for (auto* each : {"eve", "bob", "ann"})
    scene.member(each, link_role::viewer);
  scene.member("alice", link_role::operator_);
  scene.member("web1");
  scene.begin();
  for (auto* each : {"eve", "bob", "ann"})
    scene.come(each, link_role::viewer);
  scene.come("alice", link_role::operator_);
  scene.arrive("web1");
  for (uint64_t number = 1; number <= 3; ++number)
    ask_where(scene, "eve", number);
  // Two of each, and four in all.
  CHECK(held->size() == 2);
  CHECK(last_answer(scene, "eve").number == 3);
  CHECK(last_answer(scene, "eve").failed == 1);
  ask_where(scene, "bob", 1);
  ask_where(scene, "bob", 2);
  CHECK(held->size() == 4);
  ask_where(scene, "ann", 1);
  CHECK(last_answer(scene, "ann").failed == 1);
  // The controller's own come in all the same, others are answered at once.
  scene.submit("r1", "web", R"({"where":"cores > 2"})");
  CHECK(held->size() == 5);
  scene.say("ann", link_ask{2, link_question::hosts, "all", "{}"});
  CHECK(last_answer(scene, "ann").failed == 0);
  scene.submit("r2", "web");
  CHECK(scene.offers("web1") == 1);
  caf::anon_send(scene.judging, std::make_shared<const judge_question>());
  scene.settle();
  CHECK(last_answer(scene, "bob").body.find("web1") != std::string::npos);
  CHECK(scene.status("r1") == "running");
  ask_where(scene, "ann", 3);
  CHECK(held->size() == 1);
}
