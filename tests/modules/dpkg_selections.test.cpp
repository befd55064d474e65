#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct dpkg_host : simulated_runner {
  dpkg_host() {
    host.disk.put("/var/lib/dpkg/status",
                  "Package: bash\nStatus: install ok installed\n"
                  "Architecture: amd64\n\nPackage: libc6\n"
                  "Status: hold ok installed\nArchitecture: i386\n");
    host.programs.on("dpkg --set-selections", [this](const process_spec& spec) {
      said = spec.input.value_or("");
      return program_answer{};
    });
  }

  std::string said;
};

} // namespace

TEST_CASE("dpkg_selections sets what differs",
          "[modules][dpkg_selections][M048]") {
  struct selection_case {
    const char* name;
    const char* selection;
    const char* before;
  };
  for (auto& each : {selection_case{"bash", "install", "install"},
                     selection_case{"bash", "hold", "install"},
                     selection_case{"libc6:i386", "hold", "hold"},
                     selection_case{"libc6:amd64", "hold", "not present"},
                     selection_case{"nope", "purge", "not present"}}) {
    dpkg_host one;
    dict given{{"name", each.name}, {"selection", each.selection}};
    auto changes = std::string_view{each.before} != each.selection;
    CHECK(one.predict("dpkg_selections", given).changed == changes);
    CHECK(one.said.empty());
    auto out = one.run("dpkg_selections", given);
    CHECK(out.changed == changes);
    CHECK(text_at(out, "before") == each.before);
    CHECK(text_at(out, "after") == each.selection);
    CHECK(one.said
          == (changes ? std::string{each.name} + " " + each.selection + "\n"
                      : std::string{}));
  }
}

TEST_CASE(
  "dpkg_selections sees in check mode what an earlier task would select",
  "[modules][dpkg_selections][M021]") {
  dpkg_host one;
  one.made = std::make_shared<prediction>();
  auto would = [&](const char* name, const char* selection) {
    return one
      .predict("dpkg_selections", {{"name", name}, {"selection", selection}})
      .changed;
  };
  CHECK(would("bash", "hold"));
  CHECK_FALSE(would("bash:amd64", "hold"));
  CHECK(would("bash", "install"));
  CHECK(would("libc6", "purge"));
  CHECK_FALSE(would("libc6", "purge"));
  CHECK_FALSE(would("bash", "install"));
  CHECK(would("nope", "purge"));
  CHECK(would("nope", "purge"));
}

TEST_CASE("dpkg_selections refuses what is no name",
          "[modules][dpkg_selections][M052]") {
  dpkg_host one;
  for (auto name : {"", "-a", "a b", "a\nb", "*"})
    CHECK(
      one.run("dpkg_selections", {{"name", name}, {"selection", "hold"}}).why
      == errc::invalid_argument);
  one.host.disk.fail("read", "/var/lib/dpkg", 5);
  CHECK(
    one.run("dpkg_selections", {{"name", "a"}, {"selection", "hold"}}).failed);
}
