#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

void put_parts(simulated_runner& one) {
  one.host.disk.put("/srv/d/1", "one\n");
  one.host.disk.put("/srv/d/2", "two");
  one.host.disk.put("/srv/d/3", "three\n");
  one.host.disk.put("/srv/d/.4", "hidden\n");
  one.host.disk.put_folder("/srv/d/sub");
}

} // namespace

TEST_CASE("assemble puts the parts together in order",
          "[modules][assemble][M044]") {
  auto [more, text] = GENERATE(table<dict, std::string>({
    {dict{}, "hidden\none\ntwo\nthree\n"},
    {dict{{"ignore_hidden", true}}, "one\ntwo\nthree\n"},
    {dict{{"regexp", "^[12]"}}, "one\ntwo"},
    {dict{{"regexp", "^[23]"}, {"delimiter", "--"}}, "two\n--\nthree\n"},
    {dict{{"regexp", "^[13]"}, {"delimiter", "\\x41\\n"}}, "one\nA\nthree\n"},
    {dict{{"regexp", "none"}}, ""},
  }));
  simulated_runner host;
  put_parts(host);
  auto given = more;
  given.set("src", "/srv/d");
  given.set("dest", "/srv/f");
  INFO(to_display(value{given}));
  CHECK(host.predict("assemble", given).changed);
  auto out = host.run("assemble", given);
  CHECK(out.changed);
  CHECK(out.msg == "OK");
  CHECK(*host.machine().files().read("/srv/f") == text);
  CHECK_FALSE(host.run("assemble", given).changed);
}

TEST_CASE("assemble refuses what is no folder and what is too long",
          "[modules][assemble][M044]") {
  simulated_runner host;
  put_parts(host);
  auto why = [&](dict given) {
    given.set("dest", "/srv/f");
    return host.run("assemble", std::move(given)).why;
  };
  CHECK(why({{"src", "/srv/none"}}) == errc::not_found);
  CHECK(why({{"src", "/srv/d/1"}}) == errc::invalid_argument);
  CHECK(why({{"src", "/srv/d"}, {"regexp", "("}}) == errc::invalid_argument);
  host.host.disk.put("/srv/big/1", std::string(size_t{40} << 20, 'a'));
  host.host.disk.put("/srv/big/2", std::string(size_t{24} << 20, '\n'));
  CHECK_FALSE(
    host
      .predict("assemble",
               {{"src", "/srv/big"}, {"dest", "/srv/f"}, {"regexp", "1"}})
      .failed);
  CHECK(why({{"src", "/srv/big"}}) == errc::exhausted);
}
