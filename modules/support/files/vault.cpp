#include "modules/support/files/vault.hpp"

#include <fmt/format.h>

namespace troupe {

result<void> refuse_vault(const std::string& path, bool decrypt,
                          const module_context& ctx) {
  constexpr std::string_view mark = "$ANSIBLE_VAULT;";
  if (!decrypt || !ctx.machine.files().starts_with(path, mark))
    return {};
  return error{errc::unsupported,
               fmt::format("'{}' is an encrypted vault, which cannot be "
                           "decrypted here; give the plain file, or "
                           "decrypt: false to use it as it is",
                           path)};
}

} // namespace troupe
