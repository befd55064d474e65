#include "actors/report/ansible_recap.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace troupe;

namespace {

struct recap_case {
  const char* about;
  task_result result;
  /// Its counts that are not 0.
  const char* line;
};

task_result counted_as(task_status status, const char* module = "command") {
  task_result out;
  out.module = module;
  out.status = status;
  return out;
}

std::vector<recap_case> recap_cases() {
  auto changed = counted_as(task_status::success);
  changed.changed = true;
  auto ignored = counted_as(task_status::failed);
  ignored.ignored = true;
  ignored.output = dict{{"changed", true}};
  auto unreachable = counted_as(task_status::failed);
  unreachable.unreachable = true;
  auto rescued = counted_as(task_status::failed);
  rescued.has_rescue = true;
  auto missing
    = counted_as(task_status::failed, "ansible.builtin.include_tasks");
  missing.has_rescue = true;
  missing.error = "not_found";
  auto missing_items = missing;
  missing_items.output = dict{
    {"results", list{dict{{"ansible_loop_var", "item"}},
                     dict{{"ansible_loop_var", "item"}, {"failed", true}}}}};
  return {
    {"it changed something", changed, "ok=1 changed=1"},
    {"it was passed over", counted_as(task_status::skipped), "skipped=1"},
    {"it took too long", counted_as(task_status::timeout), "failed=1"},
    {"its failure is ignored", ignored, "ok=1 changed=1 ignored=1"},
    {"its host cannot be reached", unreachable, "unreachable=1"},
    {"its block makes it good", rescued, "rescued=1"},
    {"it includes nothing that is there", missing, "failed=1"},
    {"one of its inclusions is not there", missing_items, "failed=1"},
    {"its tasks are counted", counted_as(task_status::success, "include_role"),
     ""},
  };
}

/// As a case has them, of a line.
std::string counts_in(const std::string& line) {
  std::string out;
  for (size_t i = line.find(':') + 1; i < line.size();) {
    auto from = line.find_first_not_of(' ', i);
    if (from == std::string::npos)
      break;
    i = std::min(line.find(' ', from), line.size());
    auto word = line.substr(from, i - from);
    if (!word.ends_with("=0"))
      out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

} // namespace

TEST_CASE("a task is counted as ansible-playbook does",
          "[actors][report][M145]") {
  for (auto& each : recap_cases()) {
    INFO(each.about);
    ansible_recap one;
    one.count(each.result, "web1");
    REQUIRE(one.lines().size() == 1);
    CHECK(counts_in(one.lines().front()) == each.line);
  }
}

TEST_CASE("each host has a line, in the order of their names",
          "[actors][report][M145]") {
  ansible_recap one;
  CHECK(one.lines().empty());
  one.included("web2");
  one.count(counted_as(task_status::success), "web2");
  one.count(counted_as(task_status::skipped), "web1");
  CHECK(one.lines()
        == std::vector<std::string>{
          "web1                       : ok=0    changed=0    unreachable=0    "
          "failed=0    skipped=1    rescued=0    ignored=0   ",
          "web2                       : ok=2    changed=0    unreachable=0    "
          "failed=0    skipped=0    rescued=0    ignored=0   "});
}
