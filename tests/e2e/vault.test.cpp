#include "tests/e2e/program.hpp"
#include "tests/e2e/terminal.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <filesystem>

using namespace troupe;

namespace {

constexpr const char* vault_pass = "--vault-password-file pass";

/// A folder with passwords, in which lines for the shell run.
class vault_scene {
public:
  vault_scene() {
    test::write_file(dir / "pass", "opensesame\n");
    test::write_file(dir / "other", "other words\n");
  }

  test::finished run(const std::string& line) const {
    return test::run_program("/bin/sh",
                             {"-c", "cd '" + dir.path() + "' && PATH='"
                                      + test::built_path() + "':$PATH && "
                                      + line},
                             {{"NO_COLOR", "1"}, {"HOME", dir.path()}});
  }

  /// The same of `troupe vault`.
  test::finished vault(const std::string& line) const {
    return run("troupe vault " + line);
  }

  std::string text(const std::string& name) const {
    return test::read_file(dir / name);
  }

  test::temp_dir dir;
};

} // namespace

TEST_CASE("files are encrypted, shown, decrypted and get other passwords",
          "[e2e][vault][M142]") {
  vault_scene s;
  test::write_file(s.dir / "f.yml", "a: 1\n");
  std::filesystem::permissions(s.dir / "f.yml", std::filesystem::perms{0640});
  s.run("ln -s f.yml link");
  auto done = s.vault(std::string{"encrypt link "} + vault_pass);
  CHECK(done.rc == 0);
  CHECK(done.err == "Encryption successful\n");
  CHECK(s.text("f.yml").starts_with("$ANSIBLE_VAULT;1.1;AES256\n"));
  CHECK(std::filesystem::is_symlink(s.dir / "link"));
  CHECK(std::filesystem::status(s.dir / "f.yml").permissions()
        == std::filesystem::perms{0640});
  CHECK(s.vault(std::string{"encrypt f.yml "} + vault_pass).rc == 2);
  CHECK(s.vault(std::string{"view f.yml "} + vault_pass).out == "a: 1\n");
  auto wrong = s.vault("view f.yml --vault-password-file other");
  CHECK(wrong.rc == 2);
  CHECK_THAT(wrong.err, Catch::Contains("none of the passwords (default)"));

  CHECK(
    s.vault(std::string{"rekey f.yml --new-vault-id dev@other "} + vault_pass)
      .rc
    == 0);
  CHECK(s.text("f.yml").starts_with("$ANSIBLE_VAULT;1.2;AES256;dev\n"));
  CHECK(s.vault("decrypt f.yml --output - --vault-id x@other").out == "a: 1\n");
  CHECK(s.vault("decrypt f.yml --vault-id dev@other").rc == 0);
  CHECK(s.text("f.yml") == "a: 1\n");
}

TEST_CASE("texts go through standard streams", "[e2e][vault][M142]") {
  vault_scene s;
  CHECK(s.run("printf 'x: 1' | troupe vault encrypt --vault-password-file pass "
              "| troupe vault decrypt --vault-password-file pass")
          .out
        == "x: 1");
  auto made = s.run("printf two | troupe vault encrypt_string one -n first "
                    "--stdin-name second --vault-id dev@pass --vault-id "
                    "prod@other --encrypt-vault-id prod > vars.yml");
  CHECK(made.rc == 0);
  CHECK_THAT(s.text("vars.yml"),
             Catch::StartsWith("first: !vault |\n          $ANSIBLE_VAULT;1.2;"
                               "AES256;prod\n          "));
  test::write_file(s.dir / "hosts", "web1\n");
  s.run("mkdir group_vars && mv vars.yml group_vars/all.yml");
  CHECK_THAT(s.run("troupe inventory -i hosts --graph --vars --vault-id "
                   "prod@other")
               .out,
             Catch::Contains("{first = one}") && Catch::Contains("= two}"));
  auto unclear = s.run("troupe vault encrypt_string one --vault-id dev@pass "
                       "--vault-id prod@other");
  CHECK_THAT(unclear.err, Catch::Contains("several passwords (dev, prod)"));
}

TEST_CASE("an editor works on a copy of its own", "[e2e][vault][M142]") {
  vault_scene s;
  test::write_file(s.dir / "editor",
                   "#!/bin/sh\nstat -c '%a %n' \"$1\" > seen\n"
                   "echo 'b: 2' >> \"$1\"\n");
  s.run("chmod +x editor");
  auto in_editor = [&](const char* line) {
    return s.run(std::string{"EDITOR=./editor troupe vault "} + line + " "
                 + vault_pass);
  };
  CHECK(in_editor("create new.yml").rc == 0);
  CHECK(in_editor("create new.yml").rc == 2);
  CHECK(std::filesystem::status(s.dir / "new.yml").permissions()
        == std::filesystem::perms{0600});
  CHECK(in_editor("edit new.yml").rc == 0);
  CHECK(s.vault(std::string{"view new.yml "} + vault_pass).out
        == "b: 2\nb: 2\n");
  auto seen = s.text("seen");
  CHECK_THAT(seen, Catch::StartsWith("600 ") && Catch::Contains("/new.yml"));
  CHECK_FALSE(std::filesystem::exists(seen.substr(4, seen.size() - 5)));
  auto before = s.text("new.yml");
  auto failed = s.run("EDITOR=false troupe vault edit new.yml "
                      "--vault-password-file pass");
  CHECK(failed.rc == 2);
  CHECK_THAT(failed.err, Catch::Contains("nothing was changed"));
  CHECK(s.text("new.yml") == before);
}

TEST_CASE("a password that is typed is not shown", "[e2e][vault][M142]") {
  vault_scene s;
  REQUIRE(s.run("printf 'a: 1\\n' | troupe vault encrypt "
                "--vault-password-file pass > f.yml")
            .rc
          == 0);
  test::terminal_program right{{"vault", "view", s.dir / "f.yml"}};
  right.read_until("Vault password (default): ");
  right.type("opensesame\n");
  CHECK(right.wait() == 0);
  CHECK_THAT(right.shown(), Catch::EndsWith("a: 1\n"));
  CHECK_THAT(right.shown(), !Catch::Contains("opensesame"));

  test::terminal_program stopped{{"vault", "view", s.dir / "f.yml"}};
  stopped.read_until("Vault password (default): ");
  stopped.type("open\x03");
  CHECK(stopped.wait() == 2);

  test::terminal_program fresh{{"vault", "encrypt_string", "x"}};
  fresh.read_until("New vault password (default): ");
  fresh.type("one\n");
  fresh.read_until("Confirm new vault password (default): ");
  fresh.type("two\n");
  CHECK(fresh.wait() == 2);
  CHECK_THAT(fresh.shown(), Catch::Contains("the two passwords differ"));
}

TEST_CASE("a run opens what its plan and its files have encrypted",
          "[e2e][vault][M142]") {
  vault_scene s;
  auto value = s.run("printf hunter2hunter2 | troupe vault encrypt_string "
                     "--vault-password-file pass --stdin-name secret");
  test::write_file(s.dir / "vars.yml", "port: 5432\n");
  REQUIRE(s.vault(std::string{"encrypt vars.yml "} + vault_pass).rc == 0);
  test::write_file(s.dir / "p.yml",
                   "vars:\n  " + value.out
                     + "tasks:\n"
                       "- include_vars: vars.yml\n"
                       "- copy: {content: '{{ secret }} {{ port }}', dest: "
                     + (s.dir / "made")
                     + "}\n"
                       "- debug: {msg: 'it is {{ secret }}'}\n");
  auto ran = s.run(std::string{"troupe run p.yml --no-state "} + vault_pass);
  INFO(ran.err);
  CHECK(ran.rc == 0);
  CHECK(s.text("made") == "hunter2hunter2 5432");
  CHECK_THAT(ran.out, Catch::Contains("it is ********"));
  CHECK_THAT(ran.out + ran.err, !Catch::Contains("hunter2"));
  auto without = s.run("troupe run p.yml --no-state");
  CHECK(without.rc == 4);
  CHECK_THAT(without.err, Catch::Contains("p.yml:2:11: "));
}

TEST_CASE("a playbook that nobody could open is an invalid one",
          "[e2e][vault][M142]") {
  vault_scene s;
  auto [change, options] = GENERATE(table<std::string, std::string>(
    {{"true", ""},
     {"true", " --vault-password-file other"},
     {"sed -i 's/AES256/AES128/' site.yml", " --vault-password-file pass"},
     {"sed -i '2s/^./z/' site.yml", " --vault-password-file pass"}}));
  test::write_file(s.dir / "site.yml", "- hosts: localhost\n"
                                       "  gather_facts: false\n"
                                       "  tasks: [{ping: }]\n");
  REQUIRE(s.vault(std::string{"encrypt site.yml "} + vault_pass).rc == 0);
  REQUIRE(s.run(change).rc == 0);
  for (std::string command :
       {"run --no-state", "run --list-tasks", "validate", "lint", "graph"}) {
    INFO(command + options);
    auto ran = s.run(fmt::format("troupe {} site.yml{}", command, options));
    CHECK(ran.rc == 4);
    CHECK_THAT(ran.err, Catch::StartsWith("site.yml:"));
    CHECK(ran.out.empty());
  }
}

TEST_CASE("every command that reads a plan takes the passwords",
          "[e2e][vault][M142]") {
  vault_scene s;
  auto value = s.run("printf hunter2hunter2 | troupe vault encrypt_string "
                     "--vault-password-file pass --stdin-name secret");
  test::write_file(s.dir / "p.yml", "vars:\n  " + value.out
                                      + "tasks:\n- command: grep -q . flag\n"
                                        "  args: {chdir: "
                                      + s.dir.path() + "}\n");
  auto packing
    = "pack -o r --runner '" + test::built_path("troupe-runner") + "'";
  for (std::string command : {"validate", "lint", "graph", packing.c_str()}) {
    INFO(command);
    auto line = "troupe " + command;
    line += " p.yml ";
    CHECK(s.run(line).rc == 4);
    CHECK(s.run(line + vault_pass).rc == 0);
  }
  auto state = std::string{" --state-dir "} + (s.dir / "state");
  CHECK(s.run("troupe run p.yml --vault-id one@pass" + state).rc == 2);
  // From another folder, and with the password elsewhere.
  CHECK(s.run("cd / && troupe resume --rerun-failed" + state).rc == 2);
  CHECK(s.run("mv pass moved; echo x > flag").rc == 0);
  CHECK(s.run("troupe resume --rerun-failed" + state).rc == 64);
  auto again
    = s.run("troupe resume --rerun-failed --vault-password-file moved" + state);
  INFO(again.err);
  CHECK(again.rc == 0);
}

TEST_CASE(
  "files of variables that are encrypted are hidden wherever they stand",
  "[e2e][vault][M142][M092]") {
  vault_scene s;
  auto encrypted = [&](const std::string& path, const std::string& text) {
    test::write_file(s.dir / path, text);
    REQUIRE(s.vault("encrypt " + path + " " + vault_pass).rc == 0);
  };
  s.run("mkdir -p roles/db/vars roles/db/defaults roles/db/tasks");
  encrypted("vars.yml", "in_file: canary-one-1\nnumber: 918273645\n");
  encrypted("roles/db/vars/main.yml", "in_role: canary-two-2\n");
  encrypted("roles/db/defaults/main.yml", "in_defaults: [canary-three-3]\n");
  test::write_file(
    s.dir / "roles/db/tasks/main.yml",
    "- copy:\n    dest: " + (s.dir / "made")
      + "\n    content: '{{ in_file }} {{ number }} {{ in_role }} "
        "{{ in_defaults }}'\n"
        "- debug: {msg: '{{ in_file }} {{ number }} {{ in_role }}"
        " {{ in_defaults }}'}\n");
  test::write_file(s.dir / "site.yml", "- hosts: localhost\n"
                                       "  gather_facts: false\n"
                                       "  vars_files: [vars.yml]\n"
                                       "  roles: [db]\n");
  auto ran = s.run(std::string{"troupe run site.yml -D --report r.json "
                               "--state-dir state "}
                   + vault_pass);
  INFO(ran.err);
  CHECK(ran.rc == 0);
  CHECK_THAT(s.text("made"), Catch::Contains("canary-two-2"));
  CHECK_THAT(ran.out, Catch::Contains("********"));
  auto undo = s.run("troupe undo last --check --state-dir state");
  CHECK(undo.rc == 0);
  auto kept = s.run("grep -r -l 'canary-\\|918273645' state r.json");
  for (auto& shown : {ran.out, ran.err, undo.out, undo.err, kept.out}) {
    CHECK_THAT(shown, !Catch::Contains("canary-"));
    CHECK_THAT(shown, !Catch::Contains("918273645"));
  }
  CHECK(kept.out.empty());
}

TEST_CASE("what is wrong in an encrypted file is said without a word of it",
          "[e2e][vault][M142][M092]") {
  vault_scene s;
  auto text
    = GENERATE(as<std::string>{}, "password: \"canary-1\nb: 1\n",
               "a: 1\ncanary-2: 1\ncanary-2: 2\nb: [\n", "a: *canary-3\n",
               "a: !canary-4 x\n", "- canary-5 is a list\n");
  test::write_file(s.dir / "vars.yml", text);
  REQUIRE(s.vault(std::string{"encrypt vars.yml "} + vault_pass).rc == 0);
  test::write_file(s.dir / "site.yml", "- hosts: localhost\n"
                                       "  vars_files: [vars.yml]\n"
                                       "  tasks: []\n");
  for (std::string command : {"run --no-state", "validate", "lint", "graph"}) {
    INFO(command << ": " << text);
    auto line = "troupe " + command;
    line += " site.yml ";
    auto ran = s.run(line + vault_pass);
    CHECK(ran.rc == 4);
    CHECK_THAT(ran.err, Catch::Contains("vars.yml"));
    CHECK_THAT(ran.out + ran.err, !Catch::Contains("canary-"));
  }
}

TEST_CASE(
  "what is wrong in an encrypted meta/main is said without a word of it",
  "[e2e][vault][M142][M092]") {
  vault_scene s;
  auto text = GENERATE(as<std::string>{}, "- canary-1\n", "canary-2: x\n",
                       "dependencies: canary-3\n");
  test::write_file(s.dir / "roles/r/tasks/main.yml", "- ping:\n");
  test::write_file(s.dir / "roles/r/meta/main.yml", text);
  REQUIRE(s.vault(std::string{"encrypt roles/r/meta/main.yml "} + vault_pass).rc
          == 0);
  test::write_file(s.dir / "site.yml", "- hosts: localhost\n  roles: [r]\n");
  auto ran = s.run(std::string{"troupe validate site.yml "} + vault_pass);
  CHECK(ran.rc == 4);
  CHECK_THAT(ran.err, Catch::Contains("meta/main.yml:1:"));
  CHECK_THAT(ran.out + ran.err, !Catch::Contains("canary-"));
}

TEST_CASE("files of tasks may be encrypted, imported and included",
          "[e2e][vault][M142][M092]") {
  vault_scene s;
  auto way = GENERATE(as<std::string>{}, "import_tasks", "include_tasks");
  test::write_file(s.dir / "site.yml", "- hosts: localhost\n"
                                       "  gather_facts: false\n"
                                       "  tasks: [{"
                                         + way + ": t.yml}]\n");
  auto run_with = [&](const std::string& tasks) {
    test::write_file(s.dir / "t.yml", tasks);
    REQUIRE(s.vault(std::string{"encrypt t.yml "} + vault_pass).rc == 0);
    return s.run(std::string{"troupe run site.yml --no-state "} + vault_pass);
  };
  SECTION("they run") {
    auto ran = run_with("- debug: {msg: they ran}\n");
    INFO(ran.err);
    CHECK(ran.rc == 0);
    CHECK_THAT(ran.out, Catch::Contains("they ran"));
  }
  SECTION("what they take is packed") {
    test::write_file(s.dir / "n.j2", "taken along\n");
    run_with("- debug: {msg: \"{{ lookup('template', 'n.j2') }}\"}\n");
    auto packed
      = s.run(std::string{"troupe pack site.yml -o packed "} + vault_pass);
    INFO(packed.err);
    REQUIRE(packed.rc == 0);
    s.run("rm n.j2 t.yml site.yml");
    auto ran = s.run(std::string{"./packed --no-state "} + vault_pass);
    CHECK(ran.rc == 0);
    CHECK_THAT(ran.out, Catch::Contains("taken along"));
  }
  SECTION("what is wrong is said with the place, without values and lines") {
    auto ran = run_with("- name: first\n  ping:\n  retries: canary-1\n");
    CHECK(ran.rc != 0);
    auto said = ran.out + ran.err;
    CHECK_THAT(said, Catch::Contains("t.yml:3:12: 'retries': expected a whole "
                                     "number from 0 to 1000000, found "));
    CHECK_THAT(said, Catch::Contains("****"));
    CHECK_THAT(said, !Catch::Contains("canary-"));
    CHECK_THAT(said, !Catch::Contains("^\n"));
  }
  SECTION("without a password that is the error") {
    run_with("- ping:\n");
    auto ran = s.run("troupe run site.yml --no-state");
    CHECK(ran.rc != 0);
    CHECK_THAT(ran.out + ran.err, Catch::Contains("no password was given"));
  }
}

TEST_CASE("no warning, finding or failure shows what an encrypted file says",
          "[e2e][vault][M142][M092]") {
  vault_scene s;
  auto way = GENERATE(as<std::string>{}, "import_tasks", "include_tasks");
  test::write_file(s.dir / "site.yml", "- hosts: localhost\n"
                                       "  gather_facts: false\n"
                                       "  tasks: [{"
                                         + way + ": t.yml}]\n");
  test::write_file(s.dir / "t.yml",
                   "- file: {path: /a, state: canary-1}\n"
                   "  ignore_errors: true\n"
                   "- template: {src: canary-2.j2, dest: /a}\n"
                   "  ignore_errors: true\n"
                   "- ping: {data: \"{{ 'canary-3' + nobody }}\"}\n"
                   "  notify: canary-4\n");
  REQUIRE(s.vault(std::string{"encrypt t.yml "} + vault_pass).rc == 0);
  for (auto* command : {"validate", "lint", "pack -o packed"}) {
    auto ran = s.run(fmt::format("troupe {} site.yml {}", command, vault_pass));
    INFO(ran.out << ran.err);
    CHECK_THAT(ran.out + ran.err, !Catch::Contains("canary-"));
    // Nor a line of what stands there instead.
    CHECK_THAT(ran.out + ran.err, !Catch::Contains("^\n"));
  }
  auto ran = s.run(std::string{"troupe run site.yml --no-state "} + vault_pass);
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 2);
  CHECK_THAT(ran.out, Catch::Contains("'nobody' is undefined")
                        && !Catch::Contains("canary-3")
                        && !Catch::Contains("canary-4"));
}

TEST_CASE("lint looks into files of tasks that are encrypted",
          "[e2e][vault][M142]") {
  vault_scene s;
  test::write_file(s.dir / "site.yml",
                   "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
                   "  - include_tasks: t.yml\n"
                   "  - debug: {msg: '{{ given }}'}\n");
  test::write_file(s.dir / "t.yml", "- set_fact: {given: 1}\n");
  REQUIRE(s.vault(std::string{"encrypt t.yml "} + vault_pass).rc == 0);
  auto ran = s.run(std::string{"troupe lint site.yml "} + vault_pass);
  INFO(ran.out << ran.err);
  CHECK(ran.rc == 0);
}

namespace {

/// A playbook that says what it must not show.
constexpr const char* hidden_book
  = "- hosts: localhost\n"
    "  gather_facts: false\n"
    "  vars: {word: canary-1}\n"
    "  tasks:\n"
    "  - name: write\n"
    "    copy: {content: \"{{ word }}\", dest: '{{ playbook_dir }}/made'}\n"
    "  - ping: {data: \"{{ 'canary-2' + nobody }}\"}\n"
    "    ignore_errors: true\n";

} // namespace

TEST_CASE("a playbook that is encrypted as a whole is run and shows no line",
          "[e2e][vault][M142][M092]") {
  vault_scene s;
  test::write_file(s.dir / "site.yml", hidden_book);
  test::write_file(s.dir / "hosts", "localhost ansible_connection=local\n");
  REQUIRE(s.vault(std::string{"encrypt site.yml "} + vault_pass).rc == 0);
  SECTION("run") {
    auto more = GENERATE(as<std::string>{}, "", "-i hosts ");
    auto ran = s.run("troupe run site.yml --no-state " + more + vault_pass);
    INFO(ran.out << ran.err);
    CHECK(ran.rc == 0);
    CHECK(s.text("made") == "canary-1");
    CHECK_THAT(ran.out, Catch::Contains("'nobody' is undefined"));
    CHECK_THAT(ran.out + ran.err, !Catch::Contains("canary-"));
    CHECK_THAT(ran.out + ran.err, !Catch::Contains("^\n"));
  }
  SECTION("under the other name, and among several") {
    test::write_file(s.dir / "more.yml", "- hosts: localhost\n"
                                         "  gather_facts: false\n"
                                         "  tasks: [{ping: }]\n");
    s.run("ln -s $(which troupe) ansible-playbook");
    auto more = GENERATE(as<std::string>{}, "", "more.yml ");
    auto ran = s.run("./ansible-playbook site.yml " + more + vault_pass);
    INFO(ran.out << ran.err);
    CHECK(ran.rc == 0);
    CHECK(s.text("made") == "canary-1");
    CHECK_THAT(ran.out, Catch::Contains("TASK [write]"));
  }
  SECTION("packed") {
    auto packed
      = s.run(std::string{"troupe pack site.yml -o packed "} + vault_pass);
    INFO(packed.out << packed.err);
    REQUIRE(packed.rc == 0);
    auto ran = s.run(std::string{"./packed --no-state "} + vault_pass);
    INFO(ran.out << ran.err);
    CHECK(ran.rc == 0);
  }
  SECTION("without the password") {
    auto ran = s.run("troupe run site.yml --no-state");
    CHECK(ran.rc == 4);
    CHECK_THAT(ran.err, Catch::Contains("site.yml")
                          && Catch::Contains("no password was given"));
  }
}

TEST_CASE("what is wrong with an encrypted playbook is told without its lines",
          "[e2e][vault][M142][M092]") {
  vault_scene s;
  // What its tasks say when they fail is for whoever runs it.
  auto [text, words, refused] = GENERATE(table<std::string, std::string, bool>({
    {"- hosts: localhost\n  tasks:\n  - ping:\n   canary: canary-1\n",
     "site.yml", true},
    {"- hosts: localhost\n  tasks:\n  - no_such_module: {a: canary-1}\n",
     "site.yml:3:5: ", true},
    {"- hosts: localhost\n  taks: [canary-1]\n", "site.yml:2:3: ", true},
    {"- hosts: localhost\n  tasks:\n  - ping: {data: '{{ canary-1 ]'}\n"
     "    when: canary-2 ==\n",
     "site.yml:", false},
  }));
  test::write_file(s.dir / "site.yml", text);
  REQUIRE(s.vault(std::string{"encrypt site.yml "} + vault_pass).rc == 0);
  std::vector<std::string> commands{"validate", "lint"};
  if (refused)
    commands.emplace_back("run --no-state");
  for (auto& command : commands) {
    auto ran = s.run(fmt::format("troupe {} site.yml {}", command, vault_pass));
    INFO(command << " " << ran.out << ran.err);
    CHECK((ran.rc != 0) == (refused || command == "lint"));
    CHECK_THAT(ran.out + ran.err, Catch::Contains(words));
    CHECK_THAT(ran.out + ran.err, !Catch::Contains("canary-"));
    CHECK_THAT(ran.out + ran.err, !Catch::Contains("^\n"));
  }
}

TEST_CASE("no signal that can be heard leaves the editor's copy behind",
          "[e2e][vault][M142]") {
  vault_scene s;
  test::write_file(s.dir / "f.yml", "a: 1\n");
  REQUIRE(s.vault(std::string{"encrypt f.yml "} + vault_pass).rc == 0);
  // It tells where the copy is, then ends the program that waits for it.
  auto signal = GENERATE(as<std::string>{}, "TERM", "HUP");
  test::write_file(s.dir / "editor", "#!/bin/sh\necho \"$1\" > '"
                                       + (s.dir / "seen") + "'\nkill -" + signal
                                       + " $PPID; exec sleep 66.5\n");
  s.run("chmod +x editor");
  auto ran = s.run(std::string{"EDITOR=./editor troupe vault edit f.yml "}
                   + vault_pass);
  CHECK(ran.rc == 143);
  auto seen = s.text("seen");
  CHECK_THAT(seen, Catch::Contains("/f.yml"));
  CHECK_FALSE(std::filesystem::exists(seen.substr(0, seen.size() - 1)));
}

TEST_CASE("a task that uses what no password opens fails and says where it is",
          "[e2e][vault][M142]") {
  vault_scene s;
  auto closed = s.vault("encrypt_string --vault-id prod@pass -n x hello").out;
  test::write_file(s.dir / "group_vars/all.yml", closed);
  test::write_file(s.dir / "host_vars/localhost.yml",
                   "d: {a: 1}\n" + closed.replace(0, 1, "y"));
  test::write_file(s.dir / "hosts", "localhost ansible_connection=local\n");
  auto end = closed.find(": !vault");
  auto value = closed.substr(end + 2);
  auto task = [&](const std::string& text) {
    auto at = text.find("CLOSED");
    auto whole = at == text.npos ? text : text.substr(0, at) + value;
    test::write_file(s.dir / "site.yml",
                     "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
                     "  - "
                       + whole + "\n");
    return s.run("troupe run site.yml -i hosts --no-state --vault-id "
                 "dev@other");
  };
  auto from_file
    = Catch::Contains("group_vars/all.yml:1:4: !vault: none of the "
                      "passwords (dev) opens this, which has the "
                      "label 'prod'");
  for (auto* text :
       {"debug: {var: x}", "debug: {msg: '{{ x }}'}",
        "debug: {msg: \"{{ x | default('none') }}\"}",
        "command: {cmd: 'true'}\n    environment: {A: '{{ x }}'}"}) {
    auto ran = task(text);
    INFO(text << ran.out << ran.err);
    CHECK(ran.rc == 2);
    CHECK_THAT(ran.out, from_file && !Catch::Contains("undefined"));
  }
  for (auto* text : {"copy:\n      dest: made\n      content: CLOSED",
                     "command: 'true'\n    environment:\n      A: CLOSED",
                     "set_fact:\n      z: CLOSED"}) {
    auto ran = task(text);
    INFO(text << ran.out << ran.err);
    CHECK(ran.rc == 2);
    CHECK_THAT(ran.out,
               Catch::Contains("site.yml:") && Catch::Contains("label 'prod'"));
  }
  CHECK_FALSE(std::filesystem::exists(s.dir / "made"));
  CHECK(task("debug: {msg: '{{ d.a }}'}\n    when: x is defined").rc == 0);
}
