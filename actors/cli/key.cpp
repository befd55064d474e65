#include "actors/cli/command_line.hpp"
#include "platform/crypto.hpp"
#include "platform/new_file.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

/// Writes a file that must not be there yet.
result<void> write_key(const std::string& path, const std::string& text,
                       uint32_t mode) {
  auto file = new_file::create(path, mode);
  if (!file)
    return file.why();
  if (auto done = file->write(text); !done)
    return done;
  return file->close(mode);
}

void make_key(const std::string& name, command_line& line) {
  auto key = make_key_pair();
  if (!key)
    return line.fail(exit_code::internal, key.why().message);
  auto secret = write_key(name + ".key", key->secret, 0600);
  wipe(key->secret);
  if (!secret)
    return line.fail(exit_code::usage, secret.why().message);
  if (auto open = write_key(name + ".pub", key->open, 0644); !open)
    return line.fail(exit_code::usage, open.why().message);
  auto point = public_point(key->open);
  if (!point)
    return line.fail(exit_code::internal, point.why().message);
  line.say(fmt::format(
    "{0}.key: the private key, for troupe pack --sign; keep it secret\n"
    "{0}.pub: the public key {1}, for --trust\n",
    name, key_name(*point)));
}

} // namespace

void add_key(CLI::App& app, command_line& line) {
  auto* command
    = app.add_subcommand("key", "Make keys that sign packed runners");
  command->footer("Example:\n  troupe key new release");
  command->require_subcommand(1);
  auto* fresh = command->add_subcommand("new", "Make a pair of keys");
  auto name = std::make_shared<std::string>();
  fresh
    ->add_option("NAME", *name,
                 "Path of the new files without their endings .key and .pub")
    ->required();
  fresh->callback([name, &line] { make_key(*name, line); });
}

} // namespace troupe
