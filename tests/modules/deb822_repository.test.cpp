#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr const char* place = "/etc/apt/sources.list.d/my-repo.sources";

struct sources_host : simulated_runner {
  sources_host() {
    host.disk.put_folder("/etc/apt/sources.list.d");
  }

  std::string file(const std::string& path) {
    auto text = host.disk.read(path, size_t{1} << 20);
    return text ? *text : "(absent)";
  }
};

} // namespace

TEST_CASE("deb822_repository writes a file and removes it",
          "[modules][deb822_repository][M048]") {
  sources_host one;
  dict given{{"name", "My Repo"},
             {"uris", "https://deb.example.com"},
             {"suites", list{"stable", "next"}},
             {"components", "main,extra"},
             {"architectures", "amd64"},
             {"enabled", true},
             {"check_valid_until", false},
             {"date_max_future", 9}};
  CHECK(one.predict("deb822_repository", given).changed);
  CHECK(one.file(place) == "(absent)");
  auto out = one.run("deb822_repository", given);
  INFO(out.msg);
  CHECK(out.changed);
  CHECK(text_at(out, "dest") == place);
  CHECK(one.file(place)
        == "Architectures: amd64\nCheck-Valid-Until: no\n"
           "Components: main extra\nDate-Max-Future: 9\nEnabled: yes\n"
           "X-Repolib-Name: My Repo\nSuites: stable next\nTypes: deb\n"
           "URIs: https://deb.example.com\n");
  CHECK_FALSE(one.run("deb822_repository", given).changed);
  given.set("mode", "0600");
  CHECK(one.run("deb822_repository", given).changed);
  CHECK((*one.host.disk.status(place, false))->mode == 0600);
  given.set("state", "absent");
  CHECK(one.run("deb822_repository", given).changed);
  CHECK(one.file(place) == "(absent)");
  CHECK_FALSE(one.run("deb822_repository", given).changed);
}

TEST_CASE("deb822_repository keeps a key in a file of its own",
          "[modules][deb822_repository][M048]") {
  sources_host one;
  dict given{{"name", "my-repo"},
             {"uris", "u"},
             {"suites", "s"},
             {"signed_by", "-----BEGIN PGP PUBLIC KEY BLOCK-----\nx\n"}};
  auto out = one.run("deb822_repository", given);
  CHECK(text_at(out, "key_filename") == "/etc/apt/keyrings/my-repo.asc");
  CHECK(one.file("/etc/apt/keyrings/my-repo.asc")
        == "-----BEGIN PGP PUBLIC KEY BLOCK-----\nx\n");
  CHECK(one.file(place).find("Signed-By: /etc/apt/keyrings/my-repo.asc\n")
        != std::string::npos);
  CHECK_FALSE(one.run("deb822_repository", given).changed);
  CHECK(one.run("deb822_repository", {{"name", "my-repo"}, {"state", "absent"}})
          .changed);
  CHECK(one.file("/etc/apt/keyrings/my-repo.asc") == "(absent)");
}

TEST_CASE("deb822_repository refuses what would be other fields",
          "[modules][deb822_repository][M052]") {
  sources_host one;
  std::pair<dict, errc> table[] = {
    {{{"name", "a"}}, errc::missing_argument},
    {{{"name", ".."}, {"uris", "u"}, {"suites", "s"}}, errc::invalid_argument},
    {{{"name", "a"}, {"uris", "u\nTrusted: yes"}, {"suites", "s"}},
     errc::invalid_argument},
    {{{"name", "a\nb"}, {"uris", "u"}, {"suites", "s"}},
     errc::invalid_argument},
    {{{"name", "a"}, {"uris", "u"}, {"suites", "s"}, {"signed_by", "a\nb"}},
     errc::invalid_argument},
    {{{"name", "a"},
      {"uris", "u"},
      {"suites", "s"},
      {"signed_by", "https://x"}},
     errc::unsupported},
  };
  for (auto& [given, why] : table) {
    CAPTURE(to_display(value{given}));
    CHECK(one.run("deb822_repository", given).why == why);
  }
}
