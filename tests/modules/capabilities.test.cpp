#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct capability_case {
  /// What `getcap` prints behind the name of the file.
  const char* before;
  const char* capability;
  const char* state;
  /// For `setcap`; null: nothing is changed.
  const char* after;
};

void prepare(simulated_runner& one, const std::string& before) {
  one.host.disk.put("/bin/a", "x", 0755);
  one.host.programs.on("getcap -v /bin/a",
                       program_answer{.out = "/bin/a" + before + "\n"});
  one.host.programs.on("setcap *", program_answer{});
}

} // namespace

TEST_CASE("capabilities sets what a file lacks",
          "[modules][capabilities][M047]") {
  capability_case table[] = {
    {"", "cap_chown+ep", "present", "cap_chown+ep"},
    {" =", "CAP_CHOWN=ep", "present", "cap_chown=ep"},
    {" cap_chown=ep", "cap_chown+ep", "present", nullptr},
    {" cap_chown=ep", " cap_chown=pe ", "present", nullptr},
    {" = cap_chown+ep", "cap_chown=ep", "present", nullptr},
    {" = cap_chown+ep", "cap_kill+ep", "present", "cap_chown+ep cap_kill+ep"},
    {" cap_chown=ep", "cap_chown+p", "present", "cap_chown+p"},
    {" cap_chown,cap_kill=ep", "cap_chown+eip", "present",
     "cap_kill=ep cap_chown+eip"},
    {" cap_chown=p cap_kill=p", "cap_fowner=p", "present",
     "cap_chown=p cap_kill=p cap_fowner=p"},
    {" cap_chown,cap_kill=ep", "cap_chown,cap_kill+ep", "present", nullptr},
    {" cap_chown=ep", "cap_chown,cap_kill+ep", "present",
     "cap_chown,cap_kill+ep"},
    {" =ep", "cap_chown+ep", "present", nullptr},
    {" =ep", "cap_chown+eip", "present", "=ep cap_chown+eip"},
    {" =p cap_chown-p", "cap_chown+p", "present", "=p cap_chown+p"},
    {" cap_chown=ep", "cap_chown-ep", "present", "cap_chown-ep"},
    {"", "cap_chown-ep", "present", nullptr},
    {" cap_chown=ep", "cap_chown", "absent", ""},
    {" cap_chown,cap_kill=ep", "cap_chown+ep", "absent", "cap_kill=ep"},
    {" cap_kill=ep", "cap_chown", "absent", nullptr},
    {"", "cap_chown", "absent", nullptr},
    {" =ep", "cap_chown", "absent", "=ep cap_chown-eip"},
  };
  for (auto& each : table) {
    simulated_runner one;
    prepare(one, each.before);
    CAPTURE(each.before, each.capability, each.state);
    dict given{{"path", "/bin/a"},
               {"capability", each.capability},
               {"state", each.state}};
    auto foretold = one.predict("capabilities", given);
    CHECK(foretold.changed == (each.after != nullptr));
    CHECK(one.host.programs.count("setcap *") == 0);
    auto out = one.run("capabilities", given);
    INFO(out.msg);
    CHECK_FALSE(out.failed);
    CHECK(out.changed == (each.after != nullptr));
    CHECK(text_at(out, "state") == each.state);
    CHECK(out.msg == (each.after ? "capabilities changed" : ""));
    auto calls = one.host.programs.calls();
    if (each.after)
      CHECK(calls.back() == std::string{"setcap "} + each.after + " /bin/a");
  }
}

TEST_CASE("capabilities says why it cannot", "[modules][capabilities][M052]") {
  simulated_runner one;
  prepare(one, "");
  auto run = [&](const char* path, const char* capability) {
    return one.run("capabilities", {{"path", path}, {"cap", capability}});
  };
  CHECK(run("/bin/a", "cap_chown").msg
        == "Couldn't find operator (one of: ('=', '-', '+'))");
  for (auto* wrong : {"=ep", "cap_chown+q", "cap_a+ep cap_b+ep", "-r",
                      "cap chown+ep", "cap_chown,+ep", "cap_chown+e-p"})
    CHECK(run("/bin/a", wrong).why == errc::invalid_argument);
  CHECK(one.host.programs.calls().empty());
  one.host.programs.on(
    "getcap -v /gone",
    program_answer{.err = "/gone (No such file or directory)\n"});
  auto out = run("/gone", "cap_chown+ep");
  CHECK(out.msg == "Unable to get capabilities of /gone");
  CHECK(text_at(out, "stderr") == "/gone (No such file or directory)\n");
  // What it says of a folder goes to standard output.
  one.host.programs.on("getcap -v /d",
                       program_answer{.out = "/d (Not a regular file)\n"});
  CHECK(run("/d", "cap_chown+ep").failed);
  one.host.programs.on("setcap *",
                       program_answer{.rc = 1, .err = "Invalid file\n"});
  out = run("/bin/a", "cap_chown+ep");
  CHECK(out.msg == "Unable to set capabilities of /bin/a");
  CHECK(text_at(out, "stderr") == "Invalid file\n");
  CHECK_FALSE(out.changed);
}

TEST_CASE("capabilities leaves it open in check mode what a program may do",
          "[modules][capabilities][M021]") {
  simulated_runner one;
  prepare(one, " cap_chown=ep");
  one.made = std::make_shared<prediction>();
  one.predict("capabilities", {{"path", "/bin/a"}, {"cap", "cap_chown+ep"}});
  CHECK_FALSE(one.made->is_unsure());
  one.predict("capabilities", {{"path", "/bin/a"}, {"cap", "cap_kill+ep"}});
  CHECK(one.made->is_unsure());
}
