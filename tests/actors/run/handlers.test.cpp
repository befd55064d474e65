#include "actors/run/handler_choice.hpp"
#include "actors/state/resumed_work.hpp"
#include "config/plan/plan_check.hpp"
#include "config/plan/plan_reader.hpp"
#include "tests/actors/staged_run.hpp"

using namespace troupe;

namespace {

using keys = std::vector<std::string>;

struct handler_stage : test::staged_run {};

const char* nested = R"({"tasks": [], "handlers": [
  {"id": "a", "name": "one", "module": "m", "listen": "all"},
  {"name": "two", "id": "b", "listen": ["both", "all"], "block": [
    {"id": "c", "name": "three", "module": "m"},
    {"id": "d", "name": "four", "module": "m"}],
   "always": [{"id": "e", "module": "m"}]},
  {"id": "f", "block": [{"id": "g", "name": "five", "module": "m"},
                        {"id": "h", "listen": "all", "module": "m"}]}]})";

/// The handlers of a plan that has one play.
struct handlers {
  explicit handlers(plan from) {
    ctx->what = std::make_shared<const plan>(std::move(from));
    ctx->templates = std::make_shared<const language>();
    ctx->magic_vars = std::make_shared<const dict>();
    auto& first = ctx->what->plays.front();
    names = std::make_shared<const handler_names>(ctx, task_scope::of(first),
                                                  first);
  }

  const std::vector<node>& all() const {
    return ctx->what->plays.front().handlers;
  }

  handler_names::meaning meaning_of(const std::string& name) const {
    auto got = names->meaning_of(name, {});
    REQUIRE(got);
    return *got;
  }

  /// The rest of a flush after these were notified.
  std::vector<node> choose(handler_choice& with, const keys& notified) const {
    keys ids;
    for (auto& name : notified)
      for (auto& id : meaning_of(name).ids)
        ids.push_back(id);
    with.note(ids, *names);
    return rest(with);
  }

  std::vector<node> rest(handler_choice& with) const {
    std::vector<node> out;
    while (auto taken = with.next(all(), *names))
      out.push_back(std::move(*taken));
    return out;
  }

  std::shared_ptr<run_context> ctx = std::make_shared<run_context>();
  std::shared_ptr<const handler_names> names;
};

keys ids_of(const std::vector<node>& nodes) {
  keys out;
  for_each_block(nodes, [&](const block& b) { out.push_back(b.id); });
  for_each_task(nodes, [&](const task& t) { out.push_back(t.id); });
  for (auto& id : out)
    id = id.substr(id.find(':') + 1);
  return out;
}

plan read(const std::string& text) {
  auto document = parse_plan(text, "p.json");
  REQUIRE(document);
  problems found;
  auto p = read_plan(*document, "p.json", {}, found);
  check_plan(p, language{}, found);
  INFO(format_problems(found, ""));
  REQUIRE(found.empty());
  return p;
}

} // namespace

TEST_CASE("handlers are chosen by name, id and what they listen to",
          "[actors][handlers][M019]") {
  handlers uut{read(nested)};
  auto [name, ids] = GENERATE(table<std::string, keys>({
    {"one", {"a"}},
    {"a", {"a"}},
    // A block that is meant runs as a whole, ...
    {"two", {"b", "c", "d", "e"}},
    {"both", {"b", "c", "d", "e"}},
    // ... of another one what is meant in it.
    {"three", {"b", "c", "e"}},
    {"five", {"f", "g"}},
    {"all", {"b", "f", "a", "c", "d", "e", "h"}},
    {"none", {}},
    {"", {}},
  }));
  handler_choice choice;
  INFO(name);
  CHECK(ids_of(uut.choose(choice, {name})) == ids);
}

TEST_CASE("what stands before a handler that ran waits for the next flush",
          "[actors][handlers][M019]") {
  handlers uut{read(nested)};
  handler_choice choice;
  choice.note({"handler:a", "handler:b"}, *uut.names);
  REQUIRE(choice.next(uut.all(), *uut.names));
  // Those that stand behind it follow, in their order; it waits itself.
  CHECK(ids_of(uut.choose(choice, {"five"}))
        == keys{"b", "f", "c", "d", "e", "g"});
  // Whatever it notifies of itself has run with it.
  CHECK(uut.choose(choice, {"one", "five"}).empty());
  CHECK(choice.any_wait());
  choice.begin_anew();
  CHECK(ids_of(uut.rest(choice)) == keys{"a#2"});
  CHECK_FALSE(choice.any_wait());
}

TEST_CASE("a handler runs once however often it is notified before",
          "[actors][handlers][M019]") {
  handlers uut{read(nested)};
  handler_choice choice;
  CHECK(ids_of(uut.choose(choice, {"two", "both", "three"}))
        == keys{"b", "c", "d", "e"});
  CHECK_FALSE(choice.any_wait());
  choice.begin_anew();
  CHECK(ids_of(uut.choose(choice, {"two"}))
        == keys{"b#2", "c#2", "d#2", "e#2"});
}

TEST_CASE("by which ids handlers are notified is known of those that begin",
          "[actors][handlers][M016]") {
  handlers uut{read(nested)};
  handler_choice choice;
  uut.choose(choice, {"three"});
  choice.begin_anew();
  choice.note({"handler:b", "handler:c"}, *uut.names);
  REQUIRE(choice.next(uut.all(), *uut.names));
  CHECK(choice.taken().at("handler:c#2") == "handler:c");
  resumed_work since;
  since.renew("handler:c");
  since.renew("handler:f");
  CHECK(since.take_renewed(choice.taken())
        == std::set<std::string>{"handler:c#2"});
  // It begins once.
  CHECK(since.take_renewed(choice.taken()).empty());
}

TEST_CASE("an older journal notifies handlers by their names",
          "[actors][handlers][M019]") {
  handlers uut{read(nested)};
  handler_choice choice;
  choice.note({"one", "handler:b"}, *uut.names);
  CHECK(ids_of(uut.rest(choice)) == keys{"b", "a", "c", "d", "e"});
}

TEST_CASE("names of handlers that are templates are evaluated once",
          "[actors][handlers][M019]") {
  handlers uut{read(R"({"vars": {"svc": "web"}, "tasks": [], "handlers": [
    {"id": "a", "name": "restart {{ svc }}", "module": "m"},
    {"id": "b", "name": "restart {{ svc }}", "module": "m",
     "vars": {"svc": "db"}},
    {"id": "c", "vars": {"svc": "mq"}, "block": [
      {"id": "d", "name": "restart {{ svc }}", "module": "m"}]},
    {"id": "e", "name": "{{ late }}", "module": "m"},
    {"id": "f", "name": "{{ late }}", "module": "m", "listen": "topic"}]})")};
  CHECK(uut.names->name_of("handler:a") == "restart {{ svc }}");
  auto web = uut.meaning_of("restart web");
  CHECK(web.ids == keys{"handler:a"});
  REQUIRE(web.warnings.size() == 1);
  CHECK_THAT(web.warnings[0],
             Catch::StartsWith("Handler '{{ late }}' is unusable because it "
                               "has no listen topics and the name could not be "
                               "templated"));
  CHECK(uut.meaning_of("restart db").ids == keys{"handler:b"});
  CHECK(uut.meaning_of("restart mq").ids == keys{"handler:d"});
  CHECK(uut.meaning_of("topic").ids == keys{"handler:f"});
  CHECK(uut.meaning_of("e").ids == keys{"handler:e"});
  CHECK(uut.meaning_of("{{ late }}").ids.empty());
  CHECK(uut.meaning_of("none").warnings.empty());
  CHECK(uut.names->name_of("handler:a") == "restart web");
}

TEST_CASE("who may not wait for a handler's name is told so",
          "[actors][handlers]") {
  handlers uut{read(R"({"tasks": [], "handlers": [
    {"id": "a", "name": "{{ lookup('pipe', 'echo x') }}", "module": "m"}]})")};
  evaluation_terms here;
  here.here = true;
  auto got = uut.names->meaning_of("x", here);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::would_wait);
}

TEST_CASE("of handlers with one name the first is meant",
          "[actors][handlers][M019]") {
  handlers uut{read(R"({"tasks": [], "handlers": [
    {"id": "a", "name": "x", "module": "m"},
    {"id": "b", "name": "x", "module": "m"},
    {"id": "c", "name": "x", "module": "m", "listen": "x"}]})")};
  CHECK(uut.meaning_of("x").ids == keys{"handler:a", "handler:c"});
}

TEST_CASE_METHOD(handler_stage,
                 "templated names and notifications find handlers",
                 "[actors][handlers][M019]") {
  for (auto* key : {"a", "web", "db"})
    script[key] = {{.changed = true}};
  script["db"] = {{.changed = false}};
  load(R"({"vars": {"svc": "web"}, "tasks": [
    {"id": "a", "stage": {"key": "a"}, "notify": "restart {{ svc }}"},
    {"meta": "flush_handlers"},
    {"id": "b", "stage": {"key": "a"}, "notify": "restart web"},
    {"meta": "flush_handlers"},
    {"id": "c", "stage": {"key": "{{ item }}"}, "loop": ["web", "db"],
     "notify": ["reload {{ item }}"]}],
    "handlers": [
      {"id": "h", "name": "restart {{ svc }}", "stage": {"key": "h"}},
      {"id": "i", "name": "reload web", "stage": {"key": "i"}},
      {"id": "j", "name": "reload db", "stage": {"key": "j"}}]})");
  play_out();
  CHECK(calls == keys{"a", "h", "a", "h", "web", "db", "i"});
  CHECK(result("handler:h").name == "restart web");
  CHECK(result("handler:h#2").name == "restart web");
}

TEST_CASE_METHOD(handler_stage,
                 "handlers that notify run what stands behind them at once, "
                 "and what stands before them in the next flush",
                 "[actors][handlers][M019]") {
  for (auto* key : {"a", "h", "i", "j"})
    script[key] = {{.changed = true}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "a"}, "notify": ["h", "i"]},
    {"meta": "flush_handlers"},
    {"id": "b", "stage": {"key": "b"}}],
    "handlers": [
      {"id": "h", "stage": {"key": "h"}, "notify": "h"},
      {"id": "i", "stage": {"key": "i"}, "notify": ["j", "h"]},
      {"id": "j", "stage": {"key": "j"}, "notify": "i"}]})");
  play_out();
  // The second flush after the tasks is the last.
  CHECK(calls == keys{"a", "h", "i", "j", "b", "h", "i", "j", "h", "i", "j"});
  CHECK(status("handler:j#3") == "success");
}

TEST_CASE_METHOD(handler_stage,
                 "a handler that fails in a flush is rescued around it",
                 "[actors][handlers][M019]") {
  script["a"] = {{.changed = true}, {.changed = true}};
  script["h"] = {{.failed = true}, {.changed = true}};
  load(R"({"tasks": [
    {"block": [
      {"block": [
        {"id": "a", "stage": {"key": "a"}, "notify": ["h", "i"]},
        {"id": "flush", "meta": "flush_handlers"},
        {"id": "b", "stage": {"key": "b"}}],
       "rescue": [
        {"id": "c", "stage": {"key": "{{ ansible_failed_task.name }}"}},
        {"id": "d", "stage": {"key": "a"}, "notify": "h"}],
       "always": [{"id": "e", "stage": {"key": "e"}}]},
      {"id": "f", "stage": {"key": "f"}}],
     "rescue": [{"id": "g", "stage": {"key": "g"}}]}],
    "handlers": [
      {"id": "h", "name": "restart", "stage": {"key": "h"}},
      {"id": "i", "stage": {"key": "i"}}]})");
  play_out();
  // Those that had not begun run in the next flush, with what the rescue
  // has notified.
  CHECK(calls == keys{"a", "h", "restart", "a", "e", "f", "h", "i"});
  CHECK(status("handler:h") == "failed");
  CHECK(status("handler:h#2") == "success");
  CHECK(status("b") == "cancelled");
  CHECK(status("g") == "skipped");
  CHECK(outcome().well());
  CHECK(outcome().counts.rescued == 1);
}

TEST_CASE_METHOD(handler_stage,
                 "handlers that a failed one keeps from running are told",
                 "[actors][handlers][M019][M016]") {
  script["a"] = {{.changed = true}};
  script["h"] = {{.failed = true}};
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "a"}, "notify": ["g", "h", "i", "j"]}],
    "handlers": [
      {"id": "g", "stage": {"key": "g"}}, {"id": "h", "stage": {"key": "h"}},
      {"id": "i", "stage": {"key": "i"}},
      {"id": "j", "stage": {"key": "j"}}]})");
  play_out();
  CHECK(calls == keys{"a", "g", "h"});
  CHECK(status("handler:i") == "cancelled");
  CHECK_THAT(result("handler:j").reason,
             Catch::StartsWith("not run: task 'h' ("));
}

TEST_CASE_METHOD(handler_stage, "a notification of nobody ends the play",
                 "[actors][handlers][M019]") {
  script["a"] = {{.changed = true}};
  load(R"({"vars": {"svc": "web"}, "failure_policy": "continue", "tasks": [
    {"id": "a", "stage": {"key": "a"}, "notify": ["one", "none {{ svc }}"],
     "ignore_errors": true},
    {"id": "b", "stage": {"key": "b"}}],
    "handlers": [{"name": "one", "stage": {"key": "one"}}]})");
  play_out();
  CHECK(calls == keys{"a"});
  CHECK(status("a") == "failed");
  CHECK_FALSE(result("a").ignored);
  CHECK_THAT(result("a").msg,
             Catch::StartsWith("The requested handler 'none web' was not found "
                               "in either the main handlers list nor in the "
                               "listening handlers list"));
}

TEST_CASE_METHOD(handler_stage,
                 "a notify that is undefined fails its task first",
                 "[actors][handlers][M019]") {
  load(R"({"tasks": [
    {"id": "a", "stage": {"key": "a"}, "notify": "{{ nope }}",
     "ignore_errors": true},
    {"id": "b", "stage": {"key": "b"}, "notify": "{{ [] }}"},
    {"id": "c", "stage": {"key": "c"}, "notify": "{{ omit }}"}]})");
  play_out();
  CHECK(calls == keys{"b", "c"});
  CHECK_THAT(result("a").msg,
             Catch::StartsWith("The field 'notify' has an invalid value"));
}

TEST_CASE_METHOD(handler_stage, "notifications end with their play",
                 "[actors][handlers][M019]") {
  script["a"] = {{.changed = true}};
  load(R"({"troupe": 1, "plays": [
    {"name": "A", "tasks": [
      {"id": "a", "stage": {"key": "a"}, "notify": "one"},
      {"meta": "end_play"}],
     "handlers": [{"name": "one", "stage": {"key": "one"}}]},
    {"name": "B", "tasks": [{"id": "b", "stage": {"key": "b"}}],
     "handlers": [{"name": "one", "stage": {"key": "two"}}]}]})");
  play_out();
  CHECK(calls == keys{"a", "b"});
}

TEST_CASE("ids and notifications of handlers in blocks are checked",
          "[actors][handlers][M005]") {
  auto document = parse_plan(R"({"tasks": [
    {"module": "m", "notify": ["inside", "outside", "insied"]}], "handlers": [
    {"block": [{"id": "x", "name": "inside", "module": "m"}],
     "listen": "outside"}, {"id": "x", "module": "m"}]})",
                             "p.json");
  REQUIRE(document);
  problems found;
  auto p = read_plan(*document, "p.json", {}, found);
  check_plan(p, language{}, found);
  REQUIRE(found.size() == 2);
  CHECK_THAT(found[0].message,
             Catch::Contains("the handler id 'x' is used twice"));
  CHECK_THAT(found[1].message, Catch::Contains("did you mean 'inside'?"));
}

TEST_CASE_METHOD(handler_stage, "a block among handlers runs with its rescue",
                 "[actors][handlers][M019]") {
  script["a"] = {{.changed = true}};
  script["b"] = {{.failed = true}};
  load(R"({"tasks": [{"id": "a", "stage": {"key": "a"}, "notify": "all"}],
    "handlers": [{"listen": "all", "vars": {"k": "d"}, "block": [
       {"id": "b", "stage": {"key": "b"}}, {"id": "c", "stage": {"key": "c"}}],
     "rescue": [{"id": "d", "stage": {"key": "{{ k }}"}}]},
     {"id": "e", "stage": {"key": "e"}}]})");
  play_out();
  CHECK(calls == keys{"a", "b", "d"});
  CHECK(result("handler:b").handler);
  CHECK(result("handler:d").handler);
  CHECK_FALSE(outcome().counts.failed);
}
