#include "actors/cli/command_line.hpp"
#include "actors/cli/vault_files.hpp"
#include "platform/crypto.hpp"

#include <fmt/format.h>

#include <optional>

namespace troupe {

namespace {

using vault_action = result<void> (*)(const vault_command&, command_line&);

/// Where what became of a file goes: into it, or to `--output`.
result<void> put_text(const vault_command& given, const std::string& path,
                      std::string_view text, command_line& line) {
  auto& to = given.output.empty() ? path : given.output;
  if (to == "-") {
    line.put(text);
    return {};
  }
  return write_vault_file(to, text, *line.machine);
}

/// The files, or standard input.
std::vector<std::string> files_of(const vault_command& given) {
  return given.files.empty() ? std::vector<std::string>{"-"} : given.files;
}

result<void> check_output(const vault_command& given) {
  if (given.output.empty() || given.files.size() < 2)
    return {};
  return error{errc::invalid_argument,
               "--output takes what becomes of one file, not of several"};
}

result<void> encrypt(const vault_command& given, command_line& line) {
  if (auto fine = check_output(given); !fine)
    return fine;
  auto key = encrypting_key(given, *line.machine);
  if (!key)
    return key.why();
  for (auto& path : files_of(given)) {
    auto plain = read_vault_file(path, *line.machine);
    if (!plain)
      return plain.why();
    if (is_vault_text(*plain))
      return error{errc::invalid_argument,
                   fmt::format("{}: is encrypted already", path)};
    auto text = encrypt_for(*key, *plain);
    wipe(*plain);
    if (!text)
      return text.why();
    if (auto done = put_text(given, path, *text, line); !done)
      return done;
  }
  line.tell("Encryption successful\n");
  return {};
}

/// What is in the files, one after another.
result<void> each_opened(
  const vault_command& given, command_line& line,
  const std::function<result<void>(const std::string&, std::string&)>& take) {
  auto secrets = opening_vault(given, *line.machine);
  if (!secrets)
    return secrets.why();
  for (auto& path : files_of(given)) {
    auto text = read_vault_file(path, *line.machine);
    if (!text)
      return text.why();
    auto plain = (*secrets)->open(*text, path);
    if (!plain)
      return plain.why();
    auto done = take(path, *plain);
    wipe(*plain);
    if (!done)
      return done;
  }
  return {};
}

result<void> decrypt(const vault_command& given, command_line& line) {
  if (auto fine = check_output(given); !fine)
    return fine;
  auto done = each_opened(given, line,
                          [&](const std::string& path, std::string& plain) {
                            return put_text(given, path, plain, line);
                          });
  if (done)
    line.tell("Decryption successful\n");
  return done;
}

result<void> view(const vault_command& given, command_line& line) {
  return each_opened(given, line, [&](const std::string&, std::string& plain) {
    line.put(plain);
    return result<void>{};
  });
}

result<void> rekey(const vault_command& given, command_line& line) {
  std::optional<vault_key> key;
  auto done = each_opened(given, line,
                          [&](const std::string& path, std::string& plain) {
                            // The old passwords were asked for first.
                            if (!key) {
                              auto made = new_key(given, *line.machine);
                              if (!made)
                                return result<void>{made.why()};
                              key = std::move(*made);
                            }
                            auto fresh = encrypt_for(*key, plain);
                            return fresh ? put_text(given, path, *fresh, line)
                                         : result<void>{fresh.why()};
                          });
  if (done)
    line.tell("Rekey successful\n");
  return done;
}

result<void> create(const vault_command& given, command_line& line) {
  for (auto& path : given.files) {
    auto there = line.machine->files().status(path, false);
    if (!there || *there)
      return there ? error{errc::invalid_argument,
                           fmt::format("{}: is there already; 'troupe vault "
                                       "edit' changes it",
                                       path)}
                   : there.why();
    auto key = encrypting_key(given, *line.machine);
    if (!key)
      return key.why();
    auto plain = edit_text({}, path, *line.machine);
    if (!plain)
      return plain.why();
    auto text = encrypt_for(*key, *plain);
    wipe(*plain);
    if (!text)
      return text.why();
    if (auto done = put_text(given, path, *text, line); !done)
      return done;
  }
  return {};
}

/// Encrypted anew only when it was changed.
result<void> edit_one(const vault_command& given, const std::string& path,
                      const vault::unlocked& before, command_line& line) {
  auto after = edit_text(before.plain, path, *line.machine);
  if (!after)
    return after.why();
  if (*after == before.plain) {
    wipe(*after);
    return {};
  }
  auto fresh = encrypt_vault(*after, before.password, before.label);
  wipe(*after);
  return fresh ? put_text(given, path, *fresh, line)
               : result<void>{fresh.why()};
}

result<void> edit(const vault_command& given, command_line& line) {
  auto secrets = opening_vault(given, *line.machine);
  if (!secrets)
    return secrets.why();
  for (auto& path : given.files) {
    auto text = read_vault_file(path, *line.machine);
    if (!text)
      return text.why();
    auto before = (*secrets)->unlock(*text, path);
    if (!before)
      return before.why();
    auto done = edit_one(given, path, *before, line);
    wipe(before->plain);
    wipe(before->password);
    if (!done)
      return done;
  }
  return {};
}

option_list options_for(vault_command& given, std::string_view name) {
  option_list out;
  given.secrets.add_to(out);
  auto writes
    = name != "view" && name != "decrypt" && name != "rekey" && name != "edit";
  if (name == "encrypt" || name == "decrypt" || name == "encrypt_string")
    out.push_back({.names = "--output",
                   .help = "Write to this file, - for standard output",
                   .to = &given.output});
  if (writes)
    out.push_back({.names = "--encrypt-vault-id",
                   .help = "Label of the password that encrypts, when there "
                           "are several",
                   .to = &given.encrypt_id});
  if (name == "rekey") {
    out.push_back({.names = "--new-vault-id",
                   .help = "LABEL@SOURCE of the new password",
                   .to = &given.new_id});
    out.push_back({.names = "--new-vault-password-file",
                   .help = "File with the new password, or a program that "
                           "prints it",
                   .to = &given.new_password_file,
                   .excludes = {"--new-vault-id"}});
  }
  if (name == "encrypt_string") {
    out.push_back({.names = "-n,--name",
                   .help = "Name of the variable; may be repeated",
                   .to = &given.names});
    out.push_back({.names = "--stdin-name",
                   .help = "Name of the variable that standard input holds",
                   .to = &given.stdin_name});
    out.push_back({.names = "-p,--prompt",
                   .help = "Ask for the string",
                   .to = &given.prompt});
    out.push_back({.names = "--show-input",
                   .help = "Show what is typed",
                   .to = &given.show_input});
  }
  return out;
}

struct vault_verb {
  const char* name;
  const char* help;
  const char* argument;
  bool required;
  vault_action act;
};

constexpr vault_verb verbs[] = {
  {"create", "Make a new encrypted file in an editor", "FILE", true, create},
  {"decrypt", "Decrypt files", "FILE", false, decrypt},
  {"edit", "Change encrypted files in an editor", "FILE", true, edit},
  {"view", "Print what encrypted files hold", "FILE", false, view},
  {"encrypt", "Encrypt files", "FILE", false, encrypt},
  {"encrypt_string", "Encrypt texts for YAML", "STRING", false,
   encrypt_vault_strings},
  {"rekey", "Encrypt files with another password", "FILE", true, rekey},
};

} // namespace

void add_vault(CLI::App& app, command_line& line) {
  auto* command = app.add_subcommand(
    "vault", "Encrypt and decrypt files as ansible-vault does");
  command->footer("Examples:\n"
                  "  troupe vault encrypt group_vars/all/secrets.yml\n"
                  "  troupe vault view --vault-password-file ~/.vault "
                  "secrets.yml\n"
                  "  troupe vault encrypt_string --vault-id dev@prompt -n "
                  "password hunter2");
  command->require_subcommand(1);
  for (auto& verb : verbs) {
    auto given = std::make_shared<vault_command>();
    auto* one = command->add_subcommand(verb.name, verb.help);
    auto* files
      = one->add_option(verb.argument, given->files,
                        "What it is done with; standard input without");
    if (verb.required)
      files->required();
    add_options(*one, options_for(*given, verb.name));
    one->callback([given, act = verb.act, &line] {
      if (auto done = act(*given, line); !done)
        line.fail(exit_code::tasks_failed, done.why().message);
    });
  }
}

} // namespace troupe
