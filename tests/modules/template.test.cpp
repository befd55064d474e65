#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

TEST_CASE("template renders with the names of the task",
          "[modules][template][M045]") {
  simulated_runner one;
  one.host.disk.put("/plan/templates/a.j2", "port {{ port }}\n");
  one.search_path = {"/plan"};
  one.names.set("port", 80);
  dict given{{"src", "a.j2"}, {"dest", "/etc/a"}, {"mode", "0600"}};
  auto first = one.run("template", given);
  CHECK_FALSE(first.failed);
  CHECK(first.changed);
  CHECK(*one.host.disk.read("/etc/a", 100) == "port 80\n");
  CHECK(text_at(first, "mode") == "0600");
  CHECK_FALSE(one.run("template", given).changed);
  one.names.set("port", 81);
  CHECK(one.run("template", given).changed);
}

TEST_CASE("template adds names of its own", "[modules][template][M045]") {
  simulated_runner one;
  one.host.disk.put("/a.j2", "{{ x }} {{ template_host }} {{ template_path }} "
                             "{{ ansible_managed }} {{ template_destpath }}");
  one.names.set("x", "outer");
  auto out = one.run(
    "template",
    {{"src", "/a.j2"}, {"dest", "/etc/"}, {"variables", dict{{"x", "inner"}}}});
  REQUIRE_FALSE(out.failed);
  CHECK(*one.host.disk.read("/etc/a.j2", 100)
        == "inner simulated /a.j2 Ansible managed /etc/a.j2");
}

TEST_CASE("template makes a folder that has a slash at its end",
          "[modules][template][M045]") {
  simulated_runner one;
  one.host.disk.put("/a.j2", "text");
  one.host.disk.put_folder("/srv");
  dict given{{"src", "/a.j2"}, {"dest", "/srv/in/to/"}};
  auto out = one.run("template", given);
  CHECK_FALSE(out.failed);
  CHECK(out.changed);
  CHECK(*one.host.disk.read("/srv/in/to/a.j2", 100) == "text");
  CHECK_FALSE(one.run("template", given).changed);
}

TEST_CASE("template says who manages a file as ansible.cfg has it",
          "[modules][template][M045]") {
  simulated_runner one;
  one.host.disk.put("/plan/templates/a.j2",
                    "{{ ansible_managed }}|{{ template_path }}");
  one.host.disk.put("/etc/ansible/ansible.cfg",
                    "[defaults]\nansible_managed = from {file} on "
                    "{host} {{x}} {y} in %Y\n");
  one.search_path = {"/plan"};
  one.names.set("ansible_managed", "mine");
  auto out = one.run("template", {{"src", "a.j2"}, {"dest", "/etc/a"}});
  REQUIRE_FALSE(out.failed);
  auto text = *one.host.disk.read("/etc/a", 200);
  CHECK(text.starts_with("from a.j2 on simulated {x} {y} in "));
  CHECK(text.ends_with("|a.j2"));
  CHECK(text.find('%') == std::string::npos);
}

TEST_CASE("template predicts and shows the difference",
          "[modules][template][M021]") {
  simulated_runner one;
  one.host.disk.put("/a.j2", "new\n");
  one.host.disk.put("/etc/a", "old\n");
  one.diff_mode = true;
  auto before = one.host.disk.snapshot();
  auto out = one.predict("template", {{"src", "/a.j2"}, {"dest", "/etc/a"}});
  CHECK(out.changed);
  CHECK(out.diff.find("before")->as_string() == "old\n");
  CHECK(out.diff.find("after_header")->as_string() == "/a.j2");
  CHECK(one.host.disk.snapshot() == before);
}

TEST_CASE("template writes another encoding", "[modules][template][M045]") {
  simulated_runner one;
  one.host.disk.put("/a.j2", "h\xc3\xa9");
  one.run("template",
          {{"src", "/a.j2"}, {"dest", "/b"}, {"output_encoding", "latin-1"}});
  CHECK(*one.host.disk.read("/b", 100) == "h\xe9");
}

TEST_CASE("template reports a mistake with its place",
          "[modules][template][M052][M061]") {
  simulated_runner one;
  one.host.disk.put("/a.j2", "{{ missing }}");
  auto out = one.run("template", {{"src", "/a.j2"}, {"dest", "/b"}});
  CHECK(out.failed);
  CHECK(out.why == errc::undefined);
  CHECK_FALSE(one.host.disk.access("/b", ""));
}
