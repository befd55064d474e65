#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct locale_host : simulated_runner {
  locale_host() {
    host.disk.put("/etc/locale.gen", before);
    host.programs.on("locale -a",
                     program_answer{.out = "C\nen_US.utf8\nde_DE@euro\n"});
    host.programs.on("locale-gen", program_answer{});
  }

  std::string file() {
    return *host.disk.read("/etc/locale.gen", size_t{1} << 20);
  }

  static constexpr const char* before
    = "# This file lists locales\nen_US.UTF-8 UTF-8\n# fr_FR.UTF-8 UTF-8\n"
      "#de_DE@euro ISO-8859-15\n";
};

} // namespace

TEST_CASE("locale_gen makes what is missing and removes what is there",
          "[modules][locale_gen][M047]") {
  locale_host one;
  CHECK_FALSE(one.run("locale_gen", {{"name", "en_US.UTF-8"}}).changed);
  CHECK_FALSE(one.run("locale_gen", {{"name", "de_DE@euro"}}).changed);
  CHECK(one.predict("locale_gen", {{"name", "fr_FR.UTF-8"}}).changed);
  CHECK(one.file() == locale_host::before);
  CHECK(one.host.programs.count("locale-gen") == 0);
  auto out = one.run("locale_gen", {{"name", "fr_FR.UTF-8"}});
  INFO(out.msg);
  CHECK(out.changed);
  CHECK(one.file().find("\nfr_FR.UTF-8 UTF-8\n") != std::string::npos);
  CHECK(one.host.programs.count("locale-gen") == 1);
  CHECK(one.run("locale_gen", {{"name", "en_US.UTF-8"}, {"state", "absent"}})
          .changed);
  CHECK(one.file().find("\n# en_US.UTF-8 UTF-8\n") != std::string::npos);
}

TEST_CASE("locale_gen says what there is not", "[modules][locale_gen][M052]") {
  locale_host one;
  CHECK(one.run("locale_gen", {{"name", "xx_XX"}}).why == errc::not_found);
  for (auto name : {"", "-a", "a b", "a\nb"})
    CHECK(one.run("locale_gen", {{"name", name}}).why
          == errc::invalid_argument);
  one.host.programs.on("locale-gen", program_answer{.rc = 1, .err = "bad\n"});
  CHECK(one.run("locale_gen", {{"name", "fr_FR.UTF-8"}}).why
        == errc::command_failed);
  REQUIRE(one.host.disk.remove("/etc/locale.gen"));
  CHECK(one.run("locale_gen", {{"name", "fr_FR.UTF-8"}}).why
        == errc::unsupported);
}
