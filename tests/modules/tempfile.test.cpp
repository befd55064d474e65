#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("tempfile makes something new each time",
          "[modules][tempfile][M044]") {
  module_runner host;
  auto folder = host.folder() / "";
  auto state = GENERATE("file", "directory");
  dict given{{"path", folder}, {"state", state}, {"suffix", ".x"}};
  auto first = host.run("tempfile", given);
  auto second = host.run("tempfile", given);
  CHECK(first.changed);
  CHECK(text_at(first, "state") == state);
  auto path = text_at(first, "path");
  CHECK(path != text_at(second, "path"));
  CHECK(path.starts_with(folder + "ansible."));
  CHECK(path.ends_with(".x"));
  CHECK(text_at(first, "mode")
        == (std::string_view{state} == "file" ? "0600" : "0700"));
}

TEST_CASE("tempfile is predicted", "[modules][tempfile][M044]") {
  simulated_runner host;
  host.host.disk.put_folder("/tmp");
  auto before = host.host.disk.snapshot();
  auto out = host.predict("tempfile", {});
  CHECK(out.changed);
  CHECK(text_at(out, "path").starts_with("/tmp/ansible."));
  CHECK(host.host.disk.snapshot() == before);
}

TEST_CASE("tempfile refuses parts of a name that lead elsewhere",
          "[modules][tempfile][M044]") {
  simulated_runner host;
  CHECK(host.run("tempfile", {{"prefix", "../x"}}).why
        == errc::invalid_argument);
  CHECK(host.run("tempfile", {{"suffix", "/x"}}).why == errc::invalid_argument);
  CHECK(host.run("tempfile", {{"path", "/none"}}).failed);
}
