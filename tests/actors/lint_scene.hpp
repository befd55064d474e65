#pragma once

#include "actors/engine.hpp"
#include "actors/lint/lint.hpp"
#include "config/playbook/inventory_hosts.hpp"
#include "platform/simulated/simulated_machine.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace troupe::test {

using files = std::map<std::string, std::string>;

/// The findings as "FILE:LINE RULE", FILE only where it is not the plan. A file
/// "hosts" is the plan's inventory.
inline std::string found_in(const std::string& plan, const files& beside = {},
                            lint_choice chosen = {}, dict extra = {}) {
  auto machine = std::make_shared<simulated_machine>(machine_profile{});
  machine->disk.put("/plan/p.yml", plan);
  for (auto& [name, content] : beside)
    machine->disk.put("/plan/" + name, content);
  run_request request;
  request.extra_vars = std::move(extra);
  if (beside.contains("hosts")) {
    auto read = inventory::load(machine, {"/plan/hosts"});
    if (!read)
      return read.why().message;
    request.hosts = std::make_shared<inventory_hosts>(
      std::move(*read), std::vector<std::string>{});
    request.conducted = true;
  }
  auto what = prepare(plan, "/plan/p.yml", std::move(request), machine);
  INFO(plan);
  if (!what)
    return what.why().message;
  lint_plan p{*what->ctx, plan, what->foreseen, what->hosts.get()};
  std::string out;
  for (auto& each : lint(p, chosen).findings) {
    auto& place = each.place;
    auto file = place.file ? *place.file : "";
    if (!out.empty())
      out += ", ";
    if (file != "/plan/p.yml")
      out += file.substr(file.rfind('/') + 1) + ":";
    out += fmt::format("{}:{} {}", place.at.line, place.at.column, each.rule);
  }
  return out;
}

} // namespace troupe::test
