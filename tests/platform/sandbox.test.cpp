#include "tests/support/sandbox.hpp"

#include "platform/host.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace troupe;
using namespace troupe::test;

TEST_CASE("a sandbox lets compute, and nothing reach the machine",
          "[platform][simulated]") {
  if (!has_sandbox()) {
    WARN("no sandbox here: skipped");
    return;
  }
  auto machine = make_real_host();
  CHECK(in_sandbox([] {
          std::string out;
          std::thread{[&] { out.assign(100'000, 'x'); }}.join();
          // The kernel lists a thread a moment longer than it can be joined.
          for (int i = 0; i < 1'000'000 && threads_of_process() > 1; ++i)
            std::this_thread::yield();
          return out + std::to_string(threads_of_process());
        })
        == std::string(100'000, 'x') + "1");
  using act = std::function<void(host&)>;
  auto [what, how] = GENERATE(table<const char*, act>({
    {"a file is read",
     [](host& m) { (void)m.files().read("/etc/hostname", 99); }},
    {"a file is looked at",
     [](host& m) { (void)m.files().status("/etc", true); }},
    {"a file is written",
     [](host& m) { (void)m.files().replace("/tmp/x", "x", {}, {}); }},
    {"a folder is listed", [](host& m) { (void)m.files().list("/"); }},
    {"a program is run",
     [](host& m) {
       process_spec spec;
       spec.argv = {"/bin/true"};
       (void)m.processes().run(spec);
     }},
    {"a program is looked for",
     [](host& m) { (void)m.processes().find_program("true", {}); }},
    {"facts are asked for", [](host& m) { (void)m.facts().kernel(); }},
    {"an account is asked for", [](host& m) { (void)m.accounts().user(1); }},
    {"rights are asked for",
     [](host& m) { (void)m.accounts().effective_uid(); }},
    {"a connection is made",
     [](host& m) {
       (void)m.network().connects(
         "127.0.0.1", 1,
         {std::chrono::steady_clock::now() + std::chrono::seconds{1}, {}});
     }},
  }));
  INFO(what);
  CHECK_THAT(in_sandbox([&, &how = how] {
               how(*machine);
               return "done";
             }),
             Catch::StartsWith("system call "));
}
