#include "actors/remote/source_store.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;

namespace {

/// What a source with these bytes is called.
std::string name_of(std::string_view bytes) {
  return *digest_of(bytes, "sha256") + "-640";
}

} // namespace

namespace fs = std::filesystem;

TEST_CASE("calls find the sources that came for them",
          "[actors][remote][M144]") {
  test::temp_dir dir;
  auto machine = make_real_host();
  source_store store{*machine, dir.path()};
  auto a = name_of("one two");
  store.add({a, 0640, "one ", true, false});
  store.add({a, 0640, "two", false, true});
  // What is known already is not taken again.
  store.add({a, 0640, "three", true, true});
  using kinds = placed_source::kinds;
  auto placed = store.place(3, {{kinds::folder, "0", {}, 0700},
                                {kinds::file, "0/x", a, 0},
                                {kinds::link, "0/l", "x", 0}});
  REQUIRE(placed);
  CHECK(*placed == store.place_of(dir.path(), 3));
  CHECK(test::read_file(*placed + "/0/x") == "one two");
  CHECK(test::read_file(*placed + "/0/l") == "one two");
  CHECK((fs::status(*placed + "/0/x").permissions() & fs::perms::all)
        == fs::perms(0640));
  store.remove(3);
  CHECK(!fs::exists(*placed));
}

TEST_CASE("sources lie nowhere but in the folder of their call",
          "[actors][remote][M144]") {
  test::temp_dir dir;
  auto machine = make_real_host();
  source_store store{*machine, dir.path()};
  auto a = name_of("x");
  store.add({a, 0600, "x", true, true});
  REQUIRE(store.place(100, {{placed_source::kinds::file, "x", a, 0}}));
  using kinds = placed_source::kinds;
  uint64_t call = 0;
  for (auto* path :
       {"", "/etc/x", "../x", "0/../../x", "a//b", ".", "a/.", "a/"}) {
    INFO(path);
    CHECK(!store.place(++call, {{kinds::file, path, a, 0}}));
  }
  CHECK(!store.place(++call, {{kinds::file, "x", "never came", 0}}));
  // Its name is none: what needs it hears so.
  store.add({"../b", 0600, "x", true, true});
  CHECK(!store.place(++call, {{kinds::file, "x", "../b", 0}}));
  CHECK(!fs::exists(dir / "../b"));
  // Its end is missing.
  auto c = name_of("xy");
  store.add({c, 0600, "x", true, false});
  CHECK(!store.place(++call, {{kinds::file, "x", c, 0}}));
  // Other bytes than its name says.
  store.add({name_of("z"), 0600, "zz", true, true});
  CHECK(!store.place(++call, {{kinds::file, "x", name_of("z"), 0}}));
  // What broke off, or was spoilt, may come anew.
  store.add({name_of("z"), 0600, "z", true, true});
  CHECK(store.place(++call, {{kinds::file, "x", name_of("z"), 0}}));
  store.add({c, 0600, "xy", true, true});
  CHECK(store.place(++call, {{kinds::file, "x", c, 0}}));
}
