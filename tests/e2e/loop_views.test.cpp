#include "tests/e2e/program.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace troupe;

namespace {

size_t times(const std::string& words, const std::string& in) {
  size_t count = 0;
  for (auto at = in.find(words); at != in.npos; at = in.find(words, at + 1))
    ++count;
  return count;
}

/// A run whose loop waits before its last item until the others were shown.
std::string seen_while_it_goes_on(bool as_ansible) {
  test::temp_dir dir;
  std::filesystem::create_symlink(test::built_path("troupe"),
                                  dir / "ansible-playbook");
  test::write_file(dir / "hosts", "localhost ansible_connection=local\n");
  test::write_file(
    dir / "site.yml",
    "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
    "    - name: Wait\n"
    "      shell: until [ {{ item }} != last ] || [ -e seen ]; do :; done\n"
    "      args: {chdir: '"
      + dir.path()
      + "'}\n      loop: [first, second, last]\n"
        "      loop_control: {label: 'the {{ item }}'}\n");
  std::vector<std::string> words{dir / "site.yml", "-i", dir / "hosts"};
  if (!as_ansible)
    words.insert(words.begin(), "run");
  test::program run{words, {}, as_ansible ? dir / "ansible-playbook" : ""};
  run.read_until([](const std::string& out) {
    return out.find("changed: [localhost] => (item=the second)\n") != out.npos;
  });
  CHECK(times("(item=the last)", run.out()) == 0);
  test::write_file(dir / "seen", "");
  CHECK(run.wait() == 0);
  return run.out();
}

} // namespace

TEST_CASE("items of a loop are shown while it goes on", "[e2e][M080]") {
  auto out = seen_while_it_goes_on(GENERATE(false, true));
  CHECK(times("TASK [Wait]", out) == 1);
  for (auto* item : {"first", "second", "last"})
    CHECK(times("(item=the " + std::string{item} + ")", out) == 1);
}
