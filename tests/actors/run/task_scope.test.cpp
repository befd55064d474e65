#include "actors/run/task_scope.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

keywords with_vars(dict names) {
  keywords out;
  said_keyword said;
  said.x = value{std::move(names)};
  said.number = static_cast<uint8_t>(any_keyword{"vars"}.number());
  out.say(std::move(said));
  return out;
}

std::shared_ptr<const dict> shared(dict names) {
  return std::make_shared<const dict>(std::move(names));
}

/// `x` on every level of strength, from the strongest.
struct levels {
  levels() {
    auto p = std::make_shared<plan>();
    p->vars = shared({{"x", "inventory"}, {"i", 1}});
    ctx->what = std::move(p);
    ctx->extra_vars = shared({{"x", "extra"}});
    ctx->magic_vars = shared({{"x", "engine"}, {"groups", dict{}}});
    a_play.said = with_vars({{"x", "play"}, {"p", 1}});
    a_block.said = with_vars({{"x", "block"}, {"p", 2}});
    a_task.said = with_vars({{"x", "task"}, {"p", 3}});
    auto inside = std::make_shared<task_scope>(
      *task_scope::of(a_play)->with(a_block)->with(a_task));
    inside->included_vars.push_back(shared({{"x", "inclusion"}}));
    scope = inside;
    known.registered = known.registered.with("x", value{"result"});
    known.facts = known.facts.with("x", value{"fact"});
  }

  task_variables names() const {
    return {ctx, scope, known, {{"x", "item"}}};
  }

  std::shared_ptr<run_context> ctx = std::make_shared<run_context>();
  play a_play;
  block a_block;
  task a_task;
  scope_ptr scope;
  known_names known;
};

} // namespace

TEST_CASE_METHOD(levels, "names have Ansible's precedence",
                 "[actors][task_scope][M018]") {
  auto all = names();
  CHECK(all.layers()
        == std::vector<std::string>{
          "extra variables", "what the engine defines", "the item",
          "vars of an inclusion", "results and set_fact", "vars", "vars",
          "vars", "facts", "inventory"});
  CHECK(*all.find("x") == value{"extra"});
  ctx->extra_vars = nullptr;
  CHECK(*names().find("x") == value{"engine"});
  ctx->magic_vars = shared({{"groups", dict{}}});
  CHECK(*names().find("x") == value{"item"});
  auto without = task_variables{ctx, scope, known};
  CHECK(*without.find("x") == value{"inclusion"});
  auto plain = std::make_shared<task_scope>(*scope);
  plain->included_vars.clear();
  CHECK(*task_variables(ctx, plain, known).find("x") == value{"result"});
  known.registered = {};
  CHECK(*task_variables(ctx, plain, known).find("x") == value{"task"});
  // Inside out: block, then play, then facts, then the inventory.
  auto block_scope = task_scope::of(a_play)->with(a_block);
  CHECK(*task_variables(ctx, block_scope, known).find("x") == value{"block"});
  auto play_scope = task_scope::of(a_play);
  CHECK(*task_variables(ctx, play_scope, known).find("x") == value{"play"});
  auto bare = std::make_shared<task_scope>();
  CHECK(*task_variables(ctx, bare, known).find("x") == value{"fact"});
  known.facts = {};
  CHECK(*task_variables(ctx, bare, known).find("x") == value{"inventory"});
  CHECK_FALSE(task_variables(ctx, bare, known).find("nope"));
}

TEST_CASE_METHOD(levels, "all names are listed once", "[actors][task_scope]") {
  CHECK(names().names() == std::vector<std::string>{"groups", "i", "p", "x"});
  CHECK(*names().find("vars")->find("p") == value{3});
}

TEST_CASE_METHOD(levels, "a copy keeps its names when the original gets others",
                 "[actors][task_scope]") {
  ctx->extra_vars = nullptr;
  ctx->magic_vars = shared({{"groups", dict{}}});
  auto first = names();
  auto copy = first;
  first.set_local({{"x", "next"}});
  CHECK(*first.find("x") == value{"next"});
  CHECK(*copy.find("x") == value{"item"});
}

TEST_CASE_METHOD(levels, "a task that says nothing shares its block's scope",
                 "[actors][task_scope]") {
  auto outer = task_scope::of(a_play);
  CHECK(outer->with(task{}) == outer);
  CHECK(outer->with(a_task) != outer);
  task asks;
  asks.conditions.emplace_back();
  CHECK(outer->with(asks) != outer);
  // What counts for one alone is not handed down.
  task repeats;
  said_keyword said;
  said.x = value{3};
  said.number = static_cast<uint8_t>(any_keyword{"retries"}.number());
  repeats.said.say(said);
  auto inside = outer->with(repeats);
  CHECK(inside->said.find("retries"));
  CHECK_FALSE(inside->with(task{})->said.find("retries"));
}
