#include "actors/fleet/web_face.hpp"
#include "config/value/json.hpp"
#include "tests/support/fleet_keys.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

std::string brief(const std::string& event) {
  return to_json(brief_event(must(parse_json(event))));
}

std::string with_message(const std::string& text) {
  return to_json(value{dict{{"event", "error"}, {"message", text}}});
}

} // namespace

TEST_CASE("an event in brief has no output, and its texts are short",
          "[actors][fleet][http][page]") {
  CHECK(brief(R"({"v":1,"event":"task_ended","seq":7,"run":"r1","host":"web1",)"
              R"("time":"t","task":"a","counts":{"ok":1},"result":{"id":"a",)"
              R"("name":"n","status":"failed","failed":true,"changed":false,)"
              R"("start":"s","duration":0.5,"msg":"m","error":"timeout",)"
              R"("stdout":"long","diff":{},"output":{"x":1},"attempts":[]}})")
        == R"({"event":"task_ended","time":"t","host":"web1","task":"a",)"
           R"("result":{"name":"n","status":"failed","changed":false,)"
           R"("start":"s","duration":0.5,"error":"timeout","msg":"m"}})");
  // What a host may send instead of what is expected.
  CHECK(brief(R"("no event")") == R"("no event")");
  CHECK(brief("[1]") == R"("")");
  CHECK(brief(R"({"event":{"event":1},"result":"x","task":[1]})") == "{}");
  CHECK(brief(R"({"event":7,"result":{"msg":{"a":1}}})") == R"({"result":{}})");
  CHECK(
    brief(R"({"event":"x","plan":7,"failed":"no","duration":"1","task":null,)"
          R"("result":{"msg":5,"name":true,"error":[],"changed":1,)"
          R"("duration":null,"reason":0,"start":{}}})")
    == R"({"event":"x","result":{}})");
  auto most = with_message(std::string(300, 'x'));
  CHECK(brief(most) == most);
  CHECK(brief(with_message(std::string(301, 'x')))
        == with_message(std::string(300, 'x') + "…"));
  // Cut between characters: the 300th byte is inside of one.
  CHECK(brief(with_message(std::string(299, 'x') + "ä"))
        == with_message(std::string(299, 'x') + "…"));
}
