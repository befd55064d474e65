#include "actors/runner/packed_runner.hpp"
#include "config/value/json.hpp"
#include "platform/crypto.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

std::string describe_signature(const payload& what) {
  auto& signature = what.trailer.signature;
  if (!signature)
    return "none";
  return fmt::format("key {}, {}", key_name(signature->key),
                     signature->expires.empty()
                       ? "never expires"
                       : "expires " + signature->expires);
}

} // namespace

std::string describe(const payload& what) {
  auto& manifest = what.manifest;
  std::string out;
  auto add = [&](std::string_view name, const std::string& text) {
    out += fmt::format("{:10} {}\n", name, text);
  };
  add("name", manifest.name);
  add("plan", manifest.plan);
  add("packed by", "troupe " + manifest.packed_by);
  add("engine", fmt::format("{}, {}, {} bytes", what.engine.architecture,
                            what.engine.is_static ? "static" : "not static",
                            what.engine.size));
  add("payload", fmt::format("{} files, {} bytes", manifest.members.size(),
                             what.trailer.length));
  add("signature", describe_signature(what));
  if (!manifest.host.empty())
    add("host", manifest.host);
  for (auto& [name, x] : manifest.settings)
    add("setting", fmt::format("{} = {}", name.text_or(""), to_json(x)));
  // Values may be secret.
  for (auto& [name, x] : manifest.vars)
    add("variable", std::string{name.text_or("")});
  for (auto& [name, source] : manifest.secrets)
    add("secret", fmt::format("{} from {}", name, source));
  if (!manifest.sealed_vars.empty())
    add("encrypted", manifest.sealed_vars);
  return out;
}

std::string list_members(const payload& what) {
  std::string out;
  for (auto& each : what.manifest.members)
    out += fmt::format("{:04o} {:>12} {} {}\n", each.mode, each.size,
                       each.sha256, each.name);
  return out;
}

} // namespace troupe
