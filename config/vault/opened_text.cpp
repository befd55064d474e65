#include "config/vault/opened_text.hpp"

#include "config/plan/plan_text.hpp"
#include "config/redactor.hpp"
#include "config/value/json.hpp"
#include "config/value/yaml.hpp"
#include "config/vault/vault.hpp"
#include "platform/crypto.hpp"
#include "platform/files.hpp"

#include <fmt/format.h>

#include <map>

namespace troupe {

namespace {

constexpr size_t shortest_remembered = 8;

/// Knows what stands in an encrypted file; null for others.
std::unique_ptr<const redactor>
hiding(const std::string& text, const std::string& name, const vault& secrets) {
  if (!is_vault_text(text))
    return nullptr;
  auto plain = secrets.open(text, name);
  if (!plain)
    return nullptr;
  yaml_limits limits;
  limits.last_key_wins = true;
  auto opener = value_opener(&secrets);
  limits.vault = &opener;
  std::vector<std::string> texts;
  if (auto content = parse_yaml(*plain, name, limits))
    collect_texts(*content, texts);
  wipe(*plain);
  return std::make_unique<const redactor>(texts);
}

} // namespace

result<value> parse_opened(std::string_view plain, const std::string& path,
                           const plan_limits& limits) {
  if (trimmed(plain).empty())
    return value{};
  auto out = parse_plan(plain, path, limits);
  if (out)
    return out;
  // Its message may show the line, or name what stands there.
  yaml_limits again;
  again.last_key_wins = limits.last_key_wins;
  again.vault = limits.vault;
  text_position at;
  auto where = path;
  if (!parse_yaml(plain, path, again, &at) && at.line > 0)
    where += fmt::format(":{}:{}", at.line, at.column);
  return error{out.why().code,
               fmt::format("{}: what is encrypted there cannot be read: "
                           "'troupe vault view' shows it",
                           where)};
}

result<value> parse_file_text(std::string_view text, const std::string& path,
                              plan_limits limits, const vault* secrets) {
  auto opener = value_opener(secrets);
  limits.vault = &opener;
  if (!is_vault_text(text))
    return trimmed(text).empty() ? value{} : parse_plan(text, path, limits);
  auto plain = open_vault(secrets, text, path);
  if (!plain)
    return plain.why();
  // What is said of it would name what stands in it.
  limits.passed_over = nullptr;
  auto out = parse_opened(*plain, path, limits);
  wipe(*plain);
  return out;
}

void remember_values(const value& in, const vault& secrets) {
  auto remember = [&](std::string text) {
    if (text.size() >= shortest_remembered)
      secrets.remember(std::move(text));
  };
  if (in.is_list())
    for (auto& each : in.as_list())
      remember_values(each, secrets);
  else if (in.is_dict())
    for (auto& [key, x] : in.as_dict())
      remember_values(x, secrets);
  else if (in.is_text())
    remember(in.as_string());
  else if (in.is_integer() || in.is_real())
    remember(to_json(in));
}

void hide_opened(problems& found, const vault* secrets, file_system& files) {
  if (!secrets)
    return;
  std::map<std::string, std::unique_ptr<const redactor>> known;
  for (auto& each : found) {
    if (!each.place.file || each.place.file->empty())
      continue;
    auto& name = *each.place.file;
    auto [at, is_new] = known.try_emplace(name);
    if (is_new)
      if (auto text = files.read(name, longest_source))
        at->second = hiding(*text, name, *secrets);
    if (at->second)
      at->second->hide_in(each.message);
  }
}

} // namespace troupe
