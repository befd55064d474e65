#include "modules/support/files/vault.hpp"

#include "config/language/language.hpp"
#include "config/vault/vault.hpp"
#include "config/vault/vault_text.hpp"

namespace troupe {

const vault* secrets_of(const module_context& ctx) {
  return ctx.templates ? ctx.templates->options().secrets.get() : nullptr;
}

result<std::optional<std::string>>
open_source(const std::string& path, bool decrypt, const module_context& ctx) {
  constexpr std::string_view mark = "$ANSIBLE_VAULT;";
  if (!decrypt || !ctx.machine.files().starts_with(path, mark))
    return std::optional<std::string>{};
  auto text = ctx.machine.files().read(path, longest_vault_text);
  if (!text)
    return text.why();
  auto plain = open_vault(secrets_of(ctx), *text, path);
  if (!plain)
    return plain.why();
  return std::optional{std::move(*plain)};
}

} // namespace troupe
