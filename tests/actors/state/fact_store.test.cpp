#include "actors/state/fact_store.hpp"

#include "config/playbook/ansible_settings.hpp"
#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

/// A host whose Ansible settings are these.
struct cache_scene {
  std::shared_ptr<simulated_host> host = std::make_shared<simulated_host>();

  explicit cache_scene(const std::string& lines) {
    host->disk.put("/etc/ansible/ansible.cfg", "[defaults]\n" + lines);
  }

  result<std::shared_ptr<const fact_store>> open() const {
    auto settings = ansible_settings::read(*host);
    REQUIRE(settings);
    return fact_store::of(**settings, host);
  }
};

constexpr const char* in_files
  = "fact_caching = jsonfile\nfact_caching_connection = /srv/facts\n"
    "fact_caching_timeout = 60\n";

} // namespace

TEST_CASE("facts end with the run unless a cache is asked for",
          "[actors][fact_store][M018]") {
  CHECK(*cache_scene{""}.open() == nullptr);
  CHECK(*cache_scene{"fact_caching = memory\n"}.open() == nullptr);
  CHECK(cache_scene{"fact_caching = redis\n"}.open().why().code
        == errc::unsupported);
  CHECK(cache_scene{"fact_caching = jsonfile\n"}.open().why().code
        == errc::invalid_argument);
}

TEST_CASE("facts are kept as long as the settings say",
          "[actors][fact_store][M018]") {
  cache_scene scene{in_files};
  auto store = *scene.open();
  REQUIRE(store);
  CHECK(store->load("web1").empty());
  dict facts{{"ansible_system", "Linux"}, {"list", list{1, 2}}};
  REQUIRE(store->save("web1", facts));
  CHECK(store->load("web1") == facts);
  // What a host said is no template.
  CHECK(store->load("web1").find("ansible_system")->as_text().unsafe);
  CHECK((*scene.host->disk.status("/srv/facts/web1", false))->mode == 0600);
  CHECK(store->load("web2").empty());
  scene.host->time.advance(60s);
  CHECK(store->load("web1") == facts);
  scene.host->time.advance(1s);
  CHECK(store->load("web1").empty());
  REQUIRE(store->save("web1", facts));
  store->forget("web1");
  CHECK(store->load("web1").empty());
}

TEST_CASE("what is no JSON, too large, or out of the folder is not known",
          "[actors][fact_store][M018]") {
  cache_scene scene{in_files};
  auto store = *scene.open();
  auto& disk = scene.host->disk;
  disk.put("/srv/facts/web1", "words");
  CHECK(store->load("web1").empty());
  disk.put("/srv/facts/web1", "[1]");
  CHECK(store->load("web1").empty());
  // The largest file that is read, and one that is larger.
  constexpr size_t most = size_t{16} << 20;
  std::string padding(most - std::string{R"({"a": ""})"}.size(), 'x');
  disk.put("/srv/facts/web1", R"({"a": ")" + padding + R"("})");
  CHECK(store->load("web1").size() == 1);
  disk.put("/srv/facts/web1", R"({"a": "x)" + padding + R"("})");
  CHECK(store->load("web1").empty());
  disk.put("/srv/other", R"({"a": 1})");
  for (auto* name : {"../other", "", ".", "..", "a/b"}) {
    INFO(name);
    CHECK(store->load(name).empty());
    CHECK(store->save(name, dict{{"a", 2}}));
    store->forget(name);
  }
  CHECK(*disk.read("/srv/other", 100) == R"({"a": 1})");
}
