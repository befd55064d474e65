#include "actors/link/membership.hpp"

#include "config/fleet/fleet_names.hpp"
#include "config/value/json.hpp"

namespace troupe {

namespace {

constexpr size_t most_file = size_t{64} << 10;

} // namespace

std::optional<link_role> role_named(std::string_view word) {
  for (unsigned i = 0; i < link_roles; ++i)
    if (word == to_string(static_cast<link_role>(i)))
      return static_cast<link_role>(i);
  return std::nullopt;
}

result<std::optional<membership>> read_membership(host& machine,
                                                  const std::string& folder) {
  auto& files = machine.files();
  auto about = folder + "/membership.json";
  auto there = files.status(about, true);
  if (!there)
    return there.why();
  if (!*there)
    return std::optional<membership>{};
  std::string texts[4];
  const char* names[]
    = {"membership.json", "key.pem", "certificate.pem", "controller.pem"};
  for (size_t i = 0; i < 4; ++i) {
    auto text = files.read(folder + "/" + names[i], most_file);
    if (!text)
      return text.why();
    texts[i] = std::move(*text);
  }
  auto key = files.status(folder + "/key.pem", false);
  if (key && *key && ((*key)->mode & 077) != 0)
    return error{errc::permission_denied,
                 folder
                   + "/key.pem can be read by others than its owner: chmod "
                     "0600 it, and join anew if anybody has read it"};
  auto read = parse_json(texts[0]);
  if (!read)
    return error{errc::invalid_argument, about + ": " + read.why().message};
  auto word = [&](const char* name) {
    auto* found = read->find(name);
    return std::string{found ? found->text_or("") : ""};
  };
  membership out;
  out.name = word("name");
  auto role = role_named(word("role"));
  auto at = parse_endpoint(word("controller"));
  if (!is_member_name(out.name) || !role || !at)
    return error{errc::invalid_argument,
                 about + ": name, role or controller is missing or wrong"};
  out.role = *role;
  out.controller = *at;
  out.own = {std::move(texts[2]), std::move(texts[1])};
  out.authority = std::move(texts[3]);
  return std::optional{std::move(out)};
}

result<void> write_membership(host& machine, const std::string& folder,
                              const membership& what) {
  auto& files = machine.files();
  if (auto made = make_private_folders(files, folder); !made)
    return made;
  dict about{{"name", what.name},
             {"role", to_string(what.role)},
             {"controller", to_string(what.controller)}};
  // What says that all is there comes last.
  for (auto& [name, text] :
       {std::pair{"key.pem", what.own.secret},
        {"certificate.pem", what.own.certificate},
        {"controller.pem", what.authority},
        {"membership.json", to_json(value{std::move(about)}) + "\n"}})
    if (auto ok = files.replace(folder + "/" + name, text, {.mode = 0600}); !ok)
      return ok;
  return {};
}

result<void> renew_membership(host& machine, const std::string& folder,
                              const std::string& certificate) {
  return machine.files().replace(folder + "/certificate.pem", certificate,
                                 {.mode = 0600});
}

bool is_to_renew(const std::string& certificate,
                 std::chrono::system_clock::time_point now) {
  auto facts = read_certificate(certificate);
  return facts && now >= facts->from + (facts->until - facts->from) * 2 / 3;
}

std::string expiry_notice(const membership& who,
                          std::chrono::system_clock::time_point now) {
  auto facts = read_certificate(who.own.certificate);
  if (!facts || now < facts->until)
    return {};
  return "the certificate of " + who.name
         + " has ended, as it was not used in its last third: an admin has to "
           "revoke that name and make a token for it, to join anew with";
}

} // namespace troupe
