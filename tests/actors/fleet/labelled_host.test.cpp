#include "actors/fleet/labelled_host.hpp"

#include "config/plan/plan_text.hpp"
#include "tests/support/fleet_keys.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("plays of a fleet's playbook go by the name and labels of the host",
          "[actors][fleet][labelled_host][M111]") {
  labelled_host uut{"web1", {"web", "prod"}};
  // The patterns of a play, with blanks between them.
  auto [words, fits] = GENERATE(table<std::string, bool>({
    {"all", true},
    {"*", true},
    {"web1", true},
    {"web2", false},
    {"web", true},
    {"db", false},
    {"web:&prod", true},
    {"web:!prod", false},
    {"web !web1", false},
    {"db prod", true},
    {"localhost", true},
    {"", false},
  }));
  auto patterns = parts_of(words, ' ');
  CHECK(must(uut.chosen(patterns)).size() == (fits ? 1 : 0));
  CHECK(uut.groups().find("prod"));
  CHECK_FALSE(uut.groups().find("ungrouped"));
  CHECK(labelled_host("a", {}).groups().find("ungrouped"));
}
