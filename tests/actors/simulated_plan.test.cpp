#include "actors/engine.hpp"
#include "platform/simulated/simulated_machine.hpp"
#include "tests/support/sandbox.hpp"

#include <catch2/catch.hpp>
#include <fmt/ranges.h>

#include <map>

using namespace troupe;

namespace {

constexpr const char* plan_text = R"yaml(
failure_policy: Continue
vars: {port: 8080}
handlers:
- {name: restart nginx, service: {name: nginx, state: restarted}}
tasks:
- setup:
- {command: hostname, register: named}
- {shell: 'echo $HOME > /srv/home && cat /srv/home', register: home}
- {file: {path: /srv/app, state: directory, owner: app, mode: '0750'}}
- {copy: {dest: /srv/app/name, content: '{{ named.stdout }}'}}
- {template: {src: t.j2, dest: /srv/app/conf}, notify: restart nginx}
- {stat: {path: /srv/app/conf}, register: conf}
- assert: {that: [conf.stat.exists, 'named.stdout == ansible_hostname']}
- {package: {name: nginx}}
- {service: {name: nginx, state: started, enabled: true}}
- {wait_for: {port: 22, search_regex: OpenSSH, timeout: 30}}
- {command: sleep 100, timeout: 5, ignore_errors: true, register: late}
- assert: {that: [late is failed]}
- copy: {dest: '/srv/app/{{ item }}', content: x}
  loop: [a, b, c]
- include_vars: more.yml
- set_fact: {both: '{{ port + more }}'}
- assert:
    that: ['both | int == 8081', "lookup('file', '/srv/app/name') == named.stdout",
           "lookup('pipe', 'hostname') == named.stdout",
           "'/srv/app/a' is file", "home.stdout == '/root'"]
- {script: do.sh said, register: script}
- {command: whoami, become: true, become_user: app, register: who}
- assert: {that: [who.stdout == 'app', script.stdout | trim == 'said']}
- {file: {path: /srv/app/a, state: absent}}
)yaml";

std::shared_ptr<simulated_machine> make_stage(double faults) {
  auto out = std::make_shared<simulated_machine>(
    machine_profile{.name = "sim9",
                    .seed = 9,
                    .quickest = std::chrono::milliseconds{1},
                    .slowest = std::chrono::seconds{2},
                    .program_faults = faults,
                    .file_faults = faults});
  out->disk.put("/plan/t.j2", "{{ ansible_hostname }}:{{ port }}\n");
  out->disk.put("/plan/more.yml", "more: 1\n");
  out->disk.put("/plan/do.sh", "#!/bin/sh\necho $1\n", 0755);
  return out;
}

/// How the run ended, and what it left behind.
struct story {
  std::string sentence;
  run_counts counts;
  bool well = false;
  std::vector<std::string> failed;
  std::string disk;
  std::vector<std::string> calls;
  std::chrono::nanoseconds time{};
};

story run_story(double faults, bool check_mode = false) {
  auto machine = make_stage(faults);
  auto begun = machine->time.steady_now();
  run_request request;
  request.given_settings.set("check_mode", check_mode);
  auto plan = prepare(plan_text, "/plan/p.yml", std::move(request), machine);
  if (!plan)
    return {.sentence = plan.why().message};
  auto outcome = execute(*plan, {});
  return {outcome.sentence,
          outcome.counts,
          outcome.well(),
          outcome.failed_tasks,
          machine->disk.snapshot(),
          machine->programs.calls(),
          machine->time.steady_now() - begun};
}

} // namespace

TEST_CASE("a plan of twenty tasks runs on a simulated machine",
          "[actors][simulated][M113]") {
  auto told = run_story(0);
  INFO(told.sentence << fmt::format(" {}", fmt::join(told.failed, " ")));
  CHECK(told.well);
  CHECK(told.counts.failed == 0);
  CHECK(told.counts.ignored == 1);
  CHECK(told.counts.ok >= 20);
  // The command that never ended took its five seconds of the machine's time.
  CHECK(told.time > std::chrono::seconds{5});
  CHECK(told.time < std::chrono::seconds{90});
  CHECK_THAT(told.disk, Catch::Contains("sim9:8080"));
  // The folders for temporary files are gone.
  CHECK_THAT(told.disk, !Catch::Contains("/tmp/troupe"));
}

TEST_CASE("check mode goes through a whole plan on a bare machine",
          "[actors][simulated][check_mode][M021]") {
  auto told = run_story(0, true);
  INFO(told.sentence << fmt::format(" {}", fmt::join(told.failed, " ")));
  CHECK(told.well);
  CHECK(told.counts.failed == 0);
  CHECK(told.counts.changed >= 8);
  CHECK(told.disk == make_stage(0)->disk.snapshot());
  // What one run has predicted is nothing to the next.
  auto again = run_story(0, true);
  CHECK(again.counts.changed == told.counts.changed);
}

namespace {

/// Keeps the results of tasks by their names.
class result_keeper final : public event_writer {
public:
  explicit result_keeper(std::map<std::string, result_ptr>& to) : to_{to} {
  }

  void on(const run_event& event) override {
    if (auto* ended = std::get_if<task_ended>(&event.what))
      to_[ended->result->name] = ended->result;
  }

private:
  std::map<std::string, result_ptr>& to_;
};

/// What a plan in check mode comes to, task by task.
std::map<std::string, result_ptr> predict_plan(const std::string& tasks) {
  auto machine = make_stage(0);
  machine->disk.put("/srv/there", "x");
  run_request request;
  request.given_settings.set("check_mode", true);
  auto plan = prepare(tasks, "/plan/p.yml", std::move(request), machine);
  INFO((plan ? std::string{} : plan.why().message));
  REQUIRE(plan);
  std::map<std::string, result_ptr> out;
  CHECK(execute(*plan, {std::make_shared<result_keeper>(out)}).well());
  return out;
}

} // namespace

TEST_CASE("what a program that was not run decides is not known",
          "[actors][simulated][check_mode][M021]") {
  auto told = predict_plan(R"yaml(
tasks:
- {command: echo 1, register: r}
- {command: {cmd: touch /srv/new, creates: /srv/new}, register: made}
- {command: echo 1, register: many, loop: [1, 2]}
- {set_fact: {port: 80, fixed: 1}}
- {name: fact, set_fact: {port: 81}, when: r.stdout == '1'}
- {name: when, copy: {content: x, dest: /srv/1}, when: r.stdout == '1'}
- {name: met, copy: {content: x, dest: /srv/2}, when: r.stdout == ''}
- {name: default, debug: {msg: x}, when: (r.stdout | default('')) == '1'}
- {name: item, debug: {msg: x}, when: "many.results[0].stdout == '1'"}
- {name: vars, debug: {msg: x}, vars: {a: '{{ r.stdout }}'}, when: a == '1'}
- {name: loop, copy: {content: x, dest: /srv/1}, loop: '{{ r.stdout_lines }}'}
- {name: port, debug: {msg: x}, when: port == 81}
- {name: made, debug: {msg: x}, when: made.stdout == '1'}
- {name: next, debug: {msg: x}, until: r.stdout == '1'}
- {name: never, debug: {msg: x}, when: [fixed == 2, r.stdout == '1']}
- {name: changed, debug: {msg: x}, when: made is changed and fixed == 1}
)yaml");
  for (auto* name : {"fact", "when", "met", "default", "item", "vars", "loop",
                     "port", "made", "next"}) {
    INFO(name);
    REQUIRE(told.contains(name));
    CHECK(told[name]->status == task_status::skipped);
    CHECK(*told[name]->output.find("not_known") == value{true});
    CHECK(!told[name]->reason.empty());
  }
  CHECK(told["never"]->status == task_status::skipped);
  CHECK(!told["never"]->output.find("not_known"));
  CHECK(told["changed"]->status == task_status::success);
}

TEST_CASE("what is read after a program that was not run is not known",
          "[actors][simulated][check_mode][M021]") {
  auto told = predict_plan(R"yaml(
tasks:
- {command: echo a}
- {name: read, slurp: {src: /srv/none}, register: x}
- {name: shown, debug: {msg: '{{ x.content | b64decode }}'}}
- {name: when, copy: {content: x, dest: /srv/1}, when: x.content == 'a'}
- {stat: {path: /srv/none}, register: s}
- {name: absent, copy: {content: x, dest: /srv/2}, when: not s.stat.exists}
- {command: {cmd: touch /srv/new, creates: /srv/new}}
- {stat: {path: /srv/new}, register: n}
- {name: there, copy: {content: x, dest: /srv/3}, when: n.stat.exists}
- {name: sized, debug: {msg: '{{ n.stat.size }}'}}
)yaml");
  CHECK(told["read"]->status == task_status::success);
  CHECK(!told["read"]->changed);
  CHECK(told["read"]->things.empty());
  CHECK(*told["read"]->output.find("not_known") == value{true});
  for (auto* name : {"shown", "when", "absent", "sized"}) {
    INFO(name);
    CHECK(told[name]->status == task_status::skipped);
    CHECK(*told[name]->output.find("not_known") == value{true});
  }
  CHECK(told["there"]->status == task_status::success);
  CHECK(told["there"]->changed);
}

TEST_CASE("a job that would be forgotten is not found again in check mode",
          "[actors][simulated][check_mode][M021]") {
  auto told = predict_plan(R"yaml(
tasks:
- {copy: {content: x, dest: /srv/1}, async: 60, poll: 0, register: j}
- {name: one, async_status: {jid: '{{ j.ansible_job_id }}'}}
- {name: two, async_status: {jid: '{{ j.ansible_job_id }}', mode: cleanup}}
- {name: three, async_status: {jid: '{{ j.ansible_job_id }}'},
   ignore_errors: true}
)yaml");
  CHECK(told["one"]->status == task_status::success);
  CHECK(told["two"]->status == task_status::success);
  CHECK(told["three"]->failed());
}

TEST_CASE("only a program that was not run makes what comes later unsure",
          "[actors][simulated][check_mode][M021]") {
  for (auto* first : {"{cmd: make, creates: /srv/there}",
                      "{cmd: make, removes: /srv/none}"}) {
    INFO(first);
    auto told = predict_plan(fmt::format(R"yaml(
tasks:
- {{command: {}, register: r}}
- {{name: late, file: {{path: /srv/gone, state: file}}, ignore_errors: true}}
- {{name: word, debug: {{msg: '{{{{ nothing }}}}'}}, ignore_errors: true}}
- {{name: said, debug: {{msg: x}}, when: r is not changed}}
)yaml",
                                         first));
    CHECK(told["late"]->failed());
    CHECK(told["word"]->failed());
    CHECK(told["said"]->status == task_status::success);
  }
}

TEST_CASE("what a host is called or grouped by is no template",
          "[actors][simulated][M018]") {
  auto machine = make_stage(0);
  machine->disk.put("/evil", "{{ 6 * 7 }}");
  auto plan = prepare(R"yaml(
vars: {evil: "{{ lookup('file', '/evil') }}"}
tasks:
- {group_by: {key: '{{ evil }}', parents: ['{{ evil }}']}}
- {add_host: {name: '{{ evil }}', groups: '{{ evil }}'}}
- copy: {dest: /srv/out, content: '{{ groups }} {{ groups.keys() | list }}
    {{ groups.all }} {{ group_names }} {{ hostvars.keys() | list }}'}
- debug: {var: groups}
)yaml",
                      "/plan/p.yml", run_request{}, machine);
  REQUIRE(plan);
  CHECK(execute(*plan, {}).well());
  auto disk = machine->disk.snapshot();
  CHECK_THAT(disk, Catch::Contains("{{-6-*-7-}}"));
  CHECK_THAT(disk, !Catch::Contains("'42'"));
}

TEST_CASE("a run on a simulated machine with faults can be repeated",
          "[actors][simulated][M113]") {
  auto once = run_story(0.2);
  auto again = run_story(0.2);
  CHECK_FALSE(once.failed.empty());
  CHECK(once.failed == again.failed);
  CHECK(once.calls == again.calls);
  CHECK(once.disk == again.disk);
  CHECK(once.time == again.time);
}

TEST_CASE("a run on a simulated machine does not touch the real one",
          "[actors][simulated][M113]") {
  if (!test::has_sandbox()) {
    WARN("no sandbox here: skipped");
    return;
  }
  // What is found once a process is known.
  run_story(0);
  CHECK(test::in_sandbox([] {
          auto told = run_story(0);
          return told.well ? std::string{"well"} : told.sentence;
        })
        == "well");
}

namespace {

/// "made file /a, changed service nginx"
std::string told_of(const std::vector<foreseen>& things) {
  std::string out;
  for (auto& each : things)
    out += fmt::format("{}{} {} {}", out.empty() ? "" : ", ",
                       each.what == effect::made      ? "made"
                       : each.what == effect::changed ? "changed"
                       : each.what == effect::removed ? "removed"
                                                      : "unknown",
                       each.kind, each.name);
  return out;
}

} // namespace

TEST_CASE("a prediction says what would become of which thing",
          "[actors][simulated][check_mode][M021]") {
  auto told = predict_plan(R"yaml(
handlers:
- {name: handler, service: {name: nginx, state: restarted}}
tasks:
- {name: made, copy: {content: x, dest: /srv/new}, notify: handler}
- {name: replaced, copy: {content: y, dest: /srv/there}}
- {name: mode, copy: {content: y, dest: /srv/there, mode: '0600'}}
- {name: same, copy: {content: y, dest: /srv/there}}
- {name: template, template: {src: t.j2, dest: /srv/t}, vars: {port: 1}}
- {name: folder, file: {path: /srv/a/b, state: directory}}
- {name: touched, file: {path: /srv/touched, state: touch}}
- {name: link, file: {path: /srv/l, src: there, state: link}}
- {name: attributes, file: {path: /srv/there, owner: app}}
- {name: gone, file: {path: /srv/a, state: absent}}
- {name: loop, copy: {content: x, dest: '/srv/{{ item }}'}, loop: [1, new, 2]}
- {name: hidden, copy: {content: x, dest: /srv/h}, no_log: true}
- {name: package, package: {name: [nginx, curl]}}
- {name: no package, package: {name: curl, state: absent}}
- {name: service, service: {name: nginx, enabled: true}}
- {name: claimed, command: {cmd: make x, creates: /srv/x}}
- {name: open, command: {argv: [make, all]}}
- {name: asks, command: cat /srv/there, changed_when: false}
- {name: pure, debug: {msg: x}, changed_when: true}
- {name: skipped, copy: {content: x, dest: /srv/s}, when: false}
- {name: failed, copy: {content: x, dest: /srv/there/x}, ignore_errors: true}
)yaml");
  for (auto [name, things] :
       {std::pair{"made", "made file /srv/new"},
        {"replaced", "changed file /srv/there"},
        {"mode", "changed file /srv/there"},
        {"same", ""},
        {"template", "made file /srv/t"},
        {"folder", "made directory /srv/a/b"},
        {"touched", "made file /srv/touched"},
        {"link", "made link /srv/l"},
        {"attributes", "changed file /srv/there"},
        {"gone", "removed directory /srv/a"},
        {"loop", "made file /srv/1, made file /srv/2"},
        {"hidden", "made file "},
        {"package", "made package nginx, made package curl"},
        {"no package", "removed package curl"},
        {"service", "changed service nginx"},
        {"claimed", "changed command make x"},
        {"open", "unknown command make all"},
        {"asks", ""},
        {"pure", ""},
        {"skipped", ""},
        // The program before may have made something else of its folder.
        {"failed", "unknown file "},
        {"handler", "changed service nginx"}}) {
    INFO(name);
    REQUIRE(told.contains(name));
    CHECK(told_of(told[name]->things) == things);
  }
}
