#include "actors/cli/secrets.hpp"

#include "config/value/json.hpp"
#include "platform/crypto.hpp"
#include "platform/executable.hpp"
#include "platform/secret_source.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// Opens the variables that were encrypted in the payload.
result<dict> unseal_vars(const plan_choice& choice) {
  if (choice.packed.sealed_vars.empty())
    return dict{};
  if (choice.passphrase.empty())
    return error{errc::missing_argument,
                 "this runner holds encrypted variables: say where their "
                 "passphrase is with --passphrase"};
  auto passphrase = read_secret(choice.passphrase);
  if (!passphrase)
    return passphrase.why();
  auto plain = unseal(choice.packed.sealed_vars, *passphrase);
  wipe(*passphrase);
  if (!plain)
    return error{plain.why().code,
                 "the encrypted variables: " + plain.why().message};
  auto table = parse_json(*plain);
  wipe(*plain);
  if (!table || !table->is_dict())
    return error{errc::invalid_argument,
                 "the encrypted variables are no object of names and values"};
  return table->as_dict();
}

} // namespace

result<std::pair<std::string, std::string>>
parse_secret(const std::string& given) {
  auto sign = given.find('=');
  if (sign == std::string::npos || sign == 0)
    return error{
      errc::invalid_argument,
      fmt::format("--secret: expected NAME=SOURCE, found '{}'", given)};
  std::pair out{given.substr(0, sign), given.substr(sign + 1)};
  if (auto good = check_secret_source(out.second); !good)
    return error{errc::invalid_argument, "--secret: " + good.why().message};
  return out;
}

result<std::shared_ptr<const redactor>>
take_secrets(const plan_choice& choice, dict& vars,
             const std::vector<std::string>& passwords) {
  using hidden = std::shared_ptr<const redactor>;
  auto sources = choice.packed.secrets;
  for (auto& each : choice.secrets) {
    auto parsed = parse_secret(each);
    if (!parsed)
      return parsed.why();
    // The command line says it again, and otherwise, than the payload.
    std::erase_if(sources, [&](auto& x) { return x.first == parsed->first; });
    sources.push_back(std::move(*parsed));
  }
  std::vector<std::string> texts;
  for (auto& each : passwords)
    if (!each.empty())
      texts.push_back(each);
  if (sources.empty() && choice.packed.sealed_vars.empty() && texts.empty())
    return hidden{};
  protect_memory();
  auto opened = unseal_vars(choice);
  if (!opened)
    return opened.why();
  for (auto& [name, x] : *opened) {
    collect_texts(x, texts);
    vars.set(name, x.marked_unsafe());
  }
  for (auto& [name, source] : sources) {
    auto text = read_secret(source);
    if (!text)
      return text.why();
    texts.push_back(*text);
    vars.set(name, value::from_host(std::move(*text)));
  }
  for (auto& [name, source] : sources)
    forget_secret(source);
  forget_secret(choice.passphrase);
  auto out = std::make_shared<const redactor>(texts);
  for (auto& each : texts)
    wipe(each);
  return hidden{std::move(out)};
}

} // namespace troupe
