#include "actors/engine.hpp"

#include "actors/preparation.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/playbook/ansible_settings.hpp"
#include "config/value/json.hpp"
#include "config/vault/opened_text.hpp"
#include "config/vault/vault.hpp"
#include "platform/crypto.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <random>

namespace troupe {

std::string new_run_id(std::chrono::system_clock::time_point now) {
  std::random_device random;
  auto since = now.time_since_epoch();
  auto part
    = std::chrono::duration_cast<std::chrono::milliseconds>(since).count()
      % 1000;
  return fmt::format("{:%Y%m%dT%H%M%S}{:03}-{:08x}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                     part, static_cast<uint32_t>(random()));
}

std::vector<std::string> prepared_run::all_warnings() const {
  auto out = warnings;
  for (auto& each : foreseen)
    out.push_back(fmt::format("{}: {} (the task will fail)",
                              to_string(each.place), each.message));
  for (auto& each : unheard)
    out.push_back(fmt::format("{}: {} (the task will fail if it changes "
                              "something)",
                              to_string(each.place), each.message));
  return out;
}

namespace {

/// A plan that is encrypted as a whole, whose warnings would show what it has.
/// Of keys that are twice in a playbook the last one counts, unless the
/// settings refuse them.
result<value> open_plan(std::string_view text, const std::string& name,
                        plan_limits limits, const run_request& request) {
  auto* secrets = request.passwords.get();
  auto out = parse_file_text(text, name, limits, secrets);
  bool refused = request.ansible
                 && request.ansible->text("DUPLICATE_YAML_DICT_KEY") == "error";
  if (out || refused)
    return out;
  limits.last_key_wins = true;
  auto again = parse_file_text(text, name, limits, secrets);
  return again && is_playbook(*again) ? again : out;
}

} // namespace

result<prepared_run> prepare(std::string_view text, const std::string& source,
                             run_request request, std::shared_ptr<host> machine,
                             const module_registry& modules) {
  auto limits = limits_of(request.options.current());
  auto opener = value_opener(request.passwords.get());
  if (request.passwords)
    limits.vault = &opener;
  auto& shown_as = request.packed.plan.empty() ? source : request.packed.plan;
  bool encrypted = is_vault_text(text);
  auto document = encrypted ? open_plan(text, shown_as, limits, request)
                            : parse_plan(text, shown_as, limits);
  std::vector<std::string> warnings;
  // Ansible takes the last of equal keys.
  if (!document && !encrypted) {
    limits.last_key_wins = true;
    limits.passed_over = &warnings;
    auto again = parse_plan(text, source, limits);
    bool refused
      = request.ansible
        && request.ansible->text("DUPLICATE_YAML_DICT_KEY") == "error";
    if (again && is_playbook(*again) && refused && !warnings.empty())
      return error{errc::invalid_plan, warnings.front()};
    if (again && is_playbook(*again))
      document = std::move(again);
  }
  // Whoever may not open it has no plan; nothing is wrong with a folder.
  if (!document && encrypted)
    return error{errc::invalid_plan, document.why().message};
  if (!document)
    return document.why();
  auto digest = digest_of(text, "sha256");
  if (!digest)
    return digest.why();
  preparation steps{std::move(request), std::move(machine), modules};
  // Lines of an encrypted one are not those that were read.
  return steps.prepare({source,
                        std::move(*document),
                        std::move(*digest),
                        {},
                        encrypted ? std::string_view{} : text,
                        warnings});
}

result<prepared_run> prepare(const made_plan& from, const std::string& source,
                             run_request request, std::shared_ptr<host> machine,
                             const module_registry& modules) {
  auto digest = digest_of(to_json(from.document), "sha256");
  if (!digest)
    return digest.why();
  preparation steps{std::move(request), std::move(machine), modules};
  return steps.prepare(
    {source, from.document, std::move(*digest), {}, from.shown});
}

result<prepared_run> prepare(const streamed_plan& from, run_request request,
                             std::shared_ptr<host> machine,
                             const module_registry& modules) {
  preparation steps{std::move(request), std::move(machine), modules};
  return steps.prepare({from.path, from.root, from.digest, from.tasks, {}});
}

} // namespace troupe
