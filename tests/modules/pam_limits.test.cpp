#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct limit_case {
  const char* before;
  dict given;
  /// Null: nothing is changed.
  const char* after;
};

constexpr const char* file = "/etc/security/limits.conf";

dict limit(dict more) {
  dict out{{"domain", "app"}, {"limit_type", "soft"}, {"limit_item", "nofile"}};
  for (auto& [name, x] : more)
    out.set(name, x);
  return out;
}

} // namespace

TEST_CASE("pam_limits makes lines what they shall be",
          "[modules][pam_limits][M047]") {
  limit_case table[] = {
    {"# x\n", limit({{"value", 10}}), "# x\napp\tsoft\tnofile\t10\n"},
    {"app soft nofile 10", limit({{"value", "10"}}), nullptr},
    {"app soft nofile 10\napp hard nofile 5\n", limit({{"value", 20}}),
     "app\tsoft\tnofile\t20\napp hard nofile 5\n"},
    {"app soft nofile 30\n", limit({{"value", 20}, {"use_max", true}}),
     nullptr},
    {"app soft nofile 10\n", limit({{"value", 20}, {"use_max", true}}),
     "app\tsoft\tnofile\t20\n"},
    {"app soft nofile unlimited\n", limit({{"value", 20}, {"use_max", true}}),
     nullptr},
    {"app soft nofile 10\n", limit({{"value", "unlimited"}, {"use_min", true}}),
     nullptr},
    {"app soft nofile -1\n", limit({{"value", 5}, {"use_min", true}}),
     "app\tsoft\tnofile\t5\n"},
    {"a", limit({{"value", 5}, {"comment", "why"}}),
     "a\napp\tsoft\tnofile\t5\t#why\n"},
    {"app soft nofile 5 # why\n", limit({{"value", 5}, {"comment", "why"}}),
     nullptr},
    {"app soft nofile 5\napp soft nofile 6\n", limit({{"value", 5}}),
     "app soft nofile 5\n"},
    {"", limit({{"limit_item", "nice"}, {"value", -5}}),
     "app\tsoft\tnice\t-5\n"},
  };
  for (auto& each : table) {
    simulated_runner one;
    one.host.disk.put(file, each.before);
    CAPTURE(each.before, to_display(value{each.given}));
    CHECK(one.predict("pam_limits", each.given).changed
          == (each.after != nullptr));
    auto out = one.run("pam_limits", each.given);
    INFO(out.msg);
    CHECK(out.changed == (each.after != nullptr));
    CHECK(*one.host.disk.read(file, size_t{1} << 20)
          == (each.after ? each.after : each.before));
    CHECK_FALSE(one.run("pam_limits", each.given).changed);
  }
}

TEST_CASE("pam_limits keeps a copy and writes another file",
          "[modules][pam_limits][M047]") {
  simulated_runner one;
  one.host.disk.put("/etc/security/limits.d/a.conf", "x\n");
  auto out
    = one.run("pam_limits", limit({{"value", 1},
                                   {"backup", true},
                                   {"dest", "/etc/security/limits.d/a.conf"}}));
  CHECK(out.changed);
  CHECK(*one.host.disk.read(text_at(out, "backup_file"), 99) == "x\n");
}

TEST_CASE("pam_limits refuses what is no limit",
          "[modules][pam_limits][M052]") {
  simulated_runner one;
  for (auto& given :
       {limit({{"value", "many"}}), limit({{"value", -5}}),
        limit({{"value", 1}, {"use_max", true}, {"use_min", true}}),
        limit({{"value", 1}, {"domain", "a b"}}),
        limit({{"value", 1}, {"domain", "#a"}}),
        limit({{"value", 1}, {"domain", "a\nroot"}}),
        limit({{"value", 1}, {"comment", "a\nroot - nproc 0"}}),
        limit({{"value", "unlimited"}, {"limit_item", "nice"}})})
    CHECK(one.run("pam_limits", given).why == errc::invalid_argument);
}
