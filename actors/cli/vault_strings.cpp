#include "actors/cli/command_line.hpp"
#include "actors/cli/vault_files.hpp"
#include "platform/crypto.hpp"
#include "platform/input.hpp"
#include "platform/terminal.hpp"

#include <fmt/format.h>

#include <sstream>

namespace troupe {

namespace {

/// A value as it stands in YAML, below its name.
std::string yaml_value(const std::string& name, const std::string& text) {
  auto out = name.empty() ? std::string{"!vault |\n"}
                          : fmt::format("{}: !vault |\n", name);
  std::istringstream lines{text};
  for (std::string each; std::getline(lines, each);)
    out += fmt::format("          {}\n", each);
  return out;
}

result<std::string> typed_value(const vault_command& given) {
  auto typed = ask_on_terminal("String to encrypt: ", {}, !given.show_input);
  if (!typed)
    return error{errc::not_found, "the string is to be typed, and there is no "
                                  "terminal"};
  return *std::move(typed);
}

/// Names and texts of the command line, of a person, and of standard input.
result<std::vector<std::pair<std::string, std::string>>>
strings_of(const vault_command& given) {
  std::vector<std::pair<std::string, std::string>> out;
  for (size_t i = 0; i < given.files.size(); ++i)
    out.emplace_back(i < given.names.size() ? given.names[i] : std::string{},
                     given.files[i]);
  if (given.prompt) {
    auto typed = typed_value(given);
    if (!typed)
      return typed.why();
    auto next = out.size();
    out.emplace_back(next < given.names.size() ? given.names[next]
                                               : std::string{},
                     std::move(*typed));
  }
  if (out.empty() || !given.stdin_name.empty()) {
    auto read = read_standard_input(longest_source);
    if (!read)
      return read.why();
    out.emplace_back(given.stdin_name, std::move(*read));
  }
  return out;
}

} // namespace

result<void> encrypt_vault_strings(const vault_command& given,
                                   command_line& line) {
  auto key = encrypting_key(given, *line.machine);
  if (!key)
    return key.why();
  auto all = strings_of(given);
  if (!all)
    return all.why();
  std::string out;
  for (auto& [name, plain] : *all) {
    auto text = encrypt_for(*key, plain);
    wipe(plain);
    if (!text)
      return text.why();
    out += yaml_value(name, *text);
  }
  if (given.output.empty() || given.output == "-")
    line.put(out);
  else if (auto done = write_vault_file(given.output, out, *line.machine);
           !done)
    return done;
  line.tell("Encryption successful\n");
  return {};
}

} // namespace troupe
