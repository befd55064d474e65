#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

struct debconf_host : simulated_runner {
  debconf_host() {
    host.programs.on("debconf-show *",
                     program_answer{.out = "* a/b: true\n  a/c: one, two\n"
                                           "  a/p: (password omitted)\n"});
    for (auto line : {"debconf-set-selections", "debconf-set-selections *"})
      host.programs.on(line, [this](const process_spec& spec) {
        said = spec.input.value_or("");
        return program_answer{};
      });
  }

  std::string said;
};

} // namespace

TEST_CASE("debconf answers what is answered otherwise",
          "[modules][debconf][M048]") {
  struct answer_case {
    const char* question;
    const char* vtype;
    const char* value;
    const char* said;
  };
  for (auto& each :
       {answer_case{"a/b", "boolean", "True", ""},
        answer_case{"a/b", "boolean", "false", "p a/b boolean false\n"},
        answer_case{"a/c", "multiselect", "one, two", ""},
        answer_case{"a/c", "select", "one", "p a/c select one\n"},
        answer_case{"a/d", "string", "", "p a/d string \n"}}) {
    debconf_host one;
    dict given{{"name", "p"},
               {"question", each.question},
               {"vtype", each.vtype},
               {"value", each.value}};
    auto changes = *each.said != 0;
    CHECK(one.predict("debconf", given).changed == changes);
    CHECK(one.said.empty());
    one.diff_mode = true;
    auto out = one.run("debconf", given);
    INFO(out.msg);
    CHECK(out.changed == changes);
    CHECK(one.said == each.said);
    CHECK(out.diff.is_null() == !changes);
  }
}

TEST_CASE("debconf returns answers and hides passwords",
          "[modules][debconf][M048]") {
  debconf_host one;
  auto out = one.run("debconf", {{"pkg", "p"}});
  CHECK_FALSE(out.changed);
  CHECK(out.data.find("current")->find("a/b")->as_string() == "true");
  one.diff_mode = true;
  out = one.run("debconf", {{"name", "p"},
                            {"question", "a/p"},
                            {"vtype", "password"},
                            {"value", "hush"},
                            {"unseen", true}});
  CHECK(out.changed);
  CHECK(one.said == "p a/p password hush\n");
  CHECK(one.host.programs.count("debconf-set-selections -u") == 1);
  CHECK(to_display(value{out.data}).find("hush") == std::string::npos);
  CHECK(to_display(out.diff).find("hush") == std::string::npos);
}

TEST_CASE("debconf refuses what would be other answers",
          "[modules][debconf][M052]") {
  debconf_host one;
  CHECK(one.run("debconf", {{"name", "p"}, {"question", "a"}}).why
        == errc::missing_argument);
  for (auto name : {"-x", "a b", "a\nb"})
    CHECK(one.run("debconf", {{"name", name}}).why == errc::invalid_argument);
  CHECK(one
          .run("debconf", {{"name", "p"},
                           {"question", "a/b"},
                           {"vtype", "string"},
                           {"value", "x\np a/c boolean true"}})
          .why
        == errc::invalid_argument);
}
