#pragma once

#include "config/inventory/inventory.hpp"
#include "config/value/json.hpp"
#include "platform/simulated/simulated_host.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>
#include <vector>

namespace troupe::test {

using texts = std::vector<std::string>;

/// A machine with inventories in /inv.
struct inventory_scene {
  std::shared_ptr<simulated_host> machine = std::make_shared<simulated_host>();

  void put(const std::string& name, std::string text, uint32_t mode = 0644) {
    machine->disk.put("/inv/" + name, std::move(text), mode);
  }

  result<inventory> load(const texts& sources,
                         inventory_options options = {}) const {
    return inventory::load(machine, sources, std::move(options));
  }

  inventory loaded(const texts& sources) const {
    auto out = load(sources);
    if (!out)
      FAIL(out.why().message);
    return std::move(*out);
  }

  std::string refused(const std::string& source) const {
    auto out = load({source});
    return out ? "loaded" : out.why().message;
  }
};

inline std::string names(const result<chosen_hosts>& chosen) {
  return chosen ? fmt::format("{}", fmt::join(chosen->names, " "))
                : "error: " + chosen.why().message;
}

/// A variable of a host, the strongest layer's.
inline std::string var(inventory& of, const char* host, const char* name,
                       const std::string& playbook = {}) {
  auto layers = of.layers(host, playbook);
  if (!layers)
    return "error: " + layers.why().message;
  std::string out = "none";
  for (auto& each : *layers)
    if (auto* x = each.vars.find(name))
      out = to_json(*x);
  return out;
}

} // namespace troupe::test
