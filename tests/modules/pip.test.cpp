#include "modules/support/python/pip_names.hpp"
#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

/// A host with flask 3.0.1 for Python.
struct pip_host : simulated_runner {
  pip_host() {
    auto& tools = host.programs;
    tools.on("pip3 *", program_answer{.out = "Successfully installed x-1\n"});
    tools.on("pip3 uninstall *",
             program_answer{.out = "Successfully uninstalled x-1\n"});
    tools.on("pip3 list *", [this](const process_spec&) {
      return program_answer{.out = listed};
    });
  }

  std::string listed = "Flask==3.0.1\nzope.interface==6.1\n";
};

} // namespace

TEST_CASE("pip installs and removes what pip is told", "[modules][pip][M047]") {
  struct pip_case {
    dict given;
    const char* line;
  };
  for (auto& each : {
         pip_case{{{"name", "flask"}}, "pip3 install flask"},
         pip_case{{{"name", list{"django>1.11", "<2", "x[a,b]"}}},
                  "pip3 install django>1.11,<2 x[a,b]"},
         pip_case{{{"name", "flask"}, {"version", "3.0"}},
                  "pip3 install flask==3.0"},
         pip_case{{{"name", "flask"}, {"version", ">=3"}},
                  "pip3 install flask>=3"},
         pip_case{{{"name", "a,b"}, {"state", "latest"}},
                  "pip3 install -U a b"},
         pip_case{{{"name", "a"}, {"state", "forcereinstall"}},
                  "pip3 install -U --force-reinstall a"},
         pip_case{{{"name", "a"}, {"state", "absent"}}, "pip3 uninstall -y a"},
         pip_case{{{"name", "/src/a"},
                   {"editable", true},
                   {"extra_args", "--index-url 'http://x y'"}},
                  "pip3 install --index-url http://x y -e /src/a"},
       }) {
    pip_host one;
    auto out = one.run("pip", each.given);
    INFO(out.msg);
    CHECK(out.changed);
    CHECK(one.host.programs.calls() == std::vector<std::string>{each.line});
  }
}

TEST_CASE("pip tells by its list what a file or an address has changed",
          "[modules][pip][M047]") {
  for (auto& given : {dict{{"requirements", "/srv/r.txt"}},
                      dict{{"name", "git+https://x/y"}}}) {
    pip_host one;
    CHECK_FALSE(one.run("pip", given).changed);
    one.host.programs.on("pip3 install *", program_answer{.effect = [&](auto&) {
                           one.listed += "y==1\n";
                         }});
    CHECK(one.run("pip", given).changed);
  }
}

TEST_CASE("pip predicts by names and versions", "[modules][pip][M021]") {
  struct guess {
    dict given;
    bool changed;
  };
  for (auto& each : {
         guess{{{"name", "FLASK"}}, false},
         guess{{{"name", "flask>=3,<4"}}, false},
         guess{{{"name", "flask~=3.0"}}, false},
         guess{{{"name", "flask==3.0.*"}}, false},
         guess{{{"name", "flask"}, {"version", "3.0.2"}}, true},
         guess{{{"name", "flask~=2.9"}}, true},
         guess{{{"name", "flask!=3.0.*"}}, true},
         guess{{{"name", "zope_interface"}}, false},
         guess{{{"name", "django"}}, true},
         guess{{{"name", "django"}, {"state", "absent"}}, false},
         guess{{{"name", "flask"}, {"state", "absent"}}, true},
         guess{{{"name", "flask"}, {"state", "latest"}}, true},
         guess{{{"requirements", "r"}}, true},
       }) {
    pip_host one;
    CAPTURE(to_display(value{each.given}));
    CHECK(one.predict("pip", each.given).changed == each.changed);
    CHECK(one.host.programs.count("pip3 install*") == 0);
    CHECK(one.host.programs.count("pip3 uninstall*") == 0);
  }
}

TEST_CASE("pip makes an environment and uses its pip", "[modules][pip][M047]") {
  pip_host one;
  auto& tools = one.host.programs;
  tools.on("python3 -m venv --system-site-packages /srv/env",
           [&](const process_spec&) {
             return program_answer{.effect = [&](const process_spec&) {
               one.host.disk.put("/srv/env/bin/activate", "");
               one.host.disk.put("/srv/env/bin/pip", "", 0755);
             }};
           });
  std::string path;
  tools.on("pip install *", [&](const process_spec& spec) {
    for (auto& [name, text] : spec.environment)
      if (name == "PATH")
        path = text;
    return program_answer{};
  });
  dict given{{"name", "flask"},
             {"virtualenv", "env"},
             {"chdir", "/srv"},
             {"virtualenv_command", "python3 -m venv"},
             {"virtualenv_site_packages", true}};
  CHECK(one.predict("pip", given).changed);
  CHECK(tools.calls().empty());
  auto out = one.run("pip", given);
  INFO(out.msg);
  CHECK(out.changed);
  CHECK(path == "/srv/env/bin:/usr/bin:/bin");
  CHECK(text_at(out, "virtualenv") == "/srv/env");
  CHECK_FALSE(one.run("pip", given).changed);
  given.set("virtualenv", "other");
  given.set("virtualenv_python", "python3.9");
  CHECK(one.run("pip", given).why == errc::invalid_argument);
}

TEST_CASE("pip says what is wrong", "[modules][pip][M052]") {
  pip_host one;
  std::pair<dict, errc> table[] = {
    {{{"name", "-r x"}}, errc::invalid_argument},
    {{{"name", "a,b"}, {"version", "1"}}, errc::invalid_argument},
    {{{"name", "a>1"}, {"version", "1"}}, errc::invalid_argument},
    {{{"name", "a"}, {"version", "1"}, {"state", "latest"}},
     errc::invalid_argument},
    {{{"name", "a"}, {"umask", "x"}}, errc::invalid_argument},
    {{{"name", "a"}, {"extra_args", "'"}}, errc::invalid_argument},
  };
  for (auto& [given, why] : table) {
    CAPTURE(to_display(value{given}));
    CHECK(one.run("pip", given).why == why);
  }
  CHECK(one.host.programs.calls().empty());
  one.host.programs.on("pip3 install *",
                       program_answer{.rc = 1, .err = "ERROR: no\n"});
  auto out = one.run("pip", {{"name", "a"}});
  CHECK(out.why == errc::command_failed);
  CHECK(out.msg.find("ERROR: no") != std::string::npos);
  one.host.programs.on("pip3 uninstall *",
                       program_answer{.rc = 1, .err = "not installed\n"});
  CHECK_FALSE(one.run("pip", {{"name", "a"}, {"state", "absent"}}).failed);
  one.host.programs.uninstall("pip3");
  CHECK(one.run("pip", {{"name", "a"}}).why == errc::unsupported);
}
