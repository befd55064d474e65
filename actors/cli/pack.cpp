#include "actors/cli/command_line.hpp"
#include "actors/cli/pack_sources.hpp"
#include "actors/cli/secrets.hpp"
#include "actors/remote/engine_file.hpp"
#include "config/payload/payload_writer.hpp"
#include "config/plan/plan_reader.hpp"
#include "config/value/json.hpp"
#include "modules/support/arguments/times.hpp"
#include "platform/crypto.hpp"
#include "platform/secret_source.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

struct pack_options {
  plan_choice choice;
  std::string output;
  std::vector<std::string> with;
  std::string name;
  engine_choice engine;
  /// File with the private key.
  std::string sign;
  std::string expires;
  /// File of variables to encrypt.
  std::string sealed;
};

// The member with encrypted variables.
constexpr const char* sealed_member = "vars.sealed";

/// So many bytes, as people read them.
std::string size_of(uint64_t bytes) {
  constexpr double step = 1000;
  if (bytes < 1000)
    return fmt::format("{} byte{}", bytes, bytes == 1 ? "" : "s");
  auto n = static_cast<double>(bytes) / step;
  return n < step ? fmt::format("{:.1f} kB", n)
                  : fmt::format("{:.1f} MB", n / step);
}

/// The last part of a path, without its ending.
std::string stem_of(const std::string& path) {
  auto name = path.substr(path.rfind('/') + 1);
  auto dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

/// A date, or a date and a time, as a signature has it. A date alone means its
/// end.
result<std::string> expiry_time(const std::string& given) {
  constexpr std::string_view form = "dddd-dd-ddTdd:dd:ddZ";
  auto out = given.size() == 10 ? given + "T23:59:59Z" : given;
  bool good = out.size() == form.size();
  for (size_t i = 0; good && i < form.size(); ++i)
    good = form[i] == 'd' ? out[i] >= '0' && out[i] <= '9' : out[i] == form[i];
  if (good)
    return out;
  return error{errc::invalid_argument,
               fmt::format("--expires: expected YYYY-MM-DD or "
                           "YYYY-MM-DDTHH:MM:SSZ, found '{}'",
                           given)};
}

/// How to sign; absent where nothing is to be signed.
result<std::optional<signing>> read_signing(const pack_options& given,
                                            host& machine) {
  if (given.sign.empty())
    return std::optional<signing>{};
  auto key = machine.files().read_stream(given.sign, size_t{1} << 16U);
  if (!key)
    return key.why();
  signing out{std::move(*key), {}};
  if (!given.expires.empty()) {
    auto expires = expiry_time(given.expires);
    if (!expires)
      return expires.why();
    if (*expires < utc_time(machine.clock().now(), "%Y-%m-%dT%H:%M:%SZ"))
      return error{errc::invalid_argument,
                   fmt::format("--expires: {} is over, so nobody could run "
                               "what is packed",
                               *expires)};
    out.expires = std::move(*expires);
  }
  return std::optional{std::move(out)};
}

/// What the payload says besides its files.
std::optional<payload_manifest> make_manifest(const pack_options& given,
                                              command_line& line) {
  payload_manifest out;
  out.name = given.name.empty() ? stem_of(given.choice.plan) : given.name;
  out.packed_by = TROUPE_VERSION;
  out.host = given.choice.host;
  if (!given.choice.config_file.empty()) {
    auto text = read_plan_text(*line.machine, given.choice.config_file);
    if (!text) {
      line.fail(exit_code::invalid_plan, text.why().message);
      return std::nullopt;
    }
    // It was read and found right when the plan was prepared.
    if (auto table = parse_table(text->text, text->source))
      out.settings = table->as_dict();
  }
  auto vars = read_extra_vars(*line.machine, given.choice.extra_vars);
  if (!vars) {
    line.fail(exit_code::usage, vars.why().message);
    return std::nullopt;
  }
  out.vars = std::move(*vars);
  for (auto& each : given.choice.secrets) {
    auto secret = parse_secret(each);
    if (!secret) {
      line.fail(exit_code::usage, secret.why().message);
      return std::nullopt;
    }
    out.secrets.push_back(std::move(*secret));
  }
  return out;
}

/// Encrypts a file of variables; nothing of it may be read without the
/// passphrase.
result<payload_source> seal_vars(const pack_options& given, host& machine) {
  auto text = machine.files().read_stream(given.sealed, size_t{16} << 20U);
  if (!text)
    return text.why();
  auto table = parse_table(*text, given.sealed);
  wipe(*text);
  if (!table)
    return table.why();
  auto passphrase = read_secret(given.choice.passphrase);
  if (!passphrase)
    return passphrase.why();
  auto plain = to_json(*table);
  auto sealed = seal(plain, *passphrase);
  wipe(plain);
  wipe(*passphrase);
  if (!sealed)
    return sealed.why();
  return payload_source{.name = sealed_member,
                        .path = {},
                        .content = std::move(*sealed),
                        .mode = 0600};
}

/// Tells everything that is missing; false when something is.
bool complain(const packed_sources& found, const std::string& plan,
              command_line& line) {
  for (auto& each : found.warnings)
    line.warn(each);
  if (found.missing.empty())
    return true;
  line.code = exit_code::invalid_plan;
  line.tell(format_problems(found.missing, plan));
  return false;
}

/// Whether the runner replaces nothing that it is made of.
result<void> check_output(const pack_options& given, const payload_plan& what,
                          host& machine) {
  constexpr std::string_view file = "file:";
  auto read = files_read(given.choice, machine);
  read.push_back({"the engine", what.engine});
  read.push_back({"the private key", given.sign});
  read.push_back({"the file of variables to encrypt", given.sealed});
  if (given.choice.passphrase.starts_with(file))
    read.push_back(
      {"the passphrase", given.choice.passphrase.substr(file.size())});
  for (auto& each : what.sources)
    read.push_back({"packed", each.path});
  return keep_apart({{"--output", given.output}}, read, machine);
}

void pack(const pack_options& given, command_line& line) {
  if (given.choice.plan == "-")
    return line.fail(exit_code::usage,
                     "a plan to pack must be a file: what belongs to it lies "
                     "beside it");
  auto ready = prepare_choice(given.choice, line);
  if (!ready)
    return;
  for (auto& each : ready->all_warnings())
    line.warn(each);
  auto engine = find_engine(*line.machine, given.engine);
  if (!engine)
    return line.fail(exit_code::usage, engine.why().message);
  payload_plan what;
  what.engine = *engine;
  auto manifest = make_manifest(given, line);
  if (!manifest)
    return;
  what.manifest = std::move(*manifest);
  auto found
    = collect_sources(*ready, given.choice.plan, given.with, *line.machine);
  if (!found)
    return line.fail(exit_code::invalid_plan, found.why().message);
  if (!complain(*found, given.choice.plan, line))
    return;
  what.manifest.plan = found->plan;
  what.manifest.empty_folders = found->empty_folders;
  what.sources = std::move(found->sources);
  if (auto fine = check_output(given, what, *line.machine); !fine)
    return line.fail(exit_code::usage, fine.why().message);
  if (!given.sealed.empty()) {
    auto sealed = seal_vars(given, *line.machine);
    if (!sealed)
      return line.fail(exit_code::usage, sealed.why().message);
    what.manifest.sealed_vars = sealed_member;
    what.sources.push_back(std::move(*sealed));
  }
  auto with = read_signing(given, *line.machine);
  if (!with)
    return line.fail(exit_code::usage, with.why().message);
  what.signature = std::move(*with);
  auto made = write_runner(std::move(what), given.output);
  if (!made)
    return line.fail(exit_code::exhausted, made.why().message);
  line.say(fmt::format(
    "{}: {} file{} and the engine, {} and {}\n", given.output, made->members,
    made->members == 1 ? "" : "s", size_of(made->size - made->engine_size),
    size_of(made->engine_size)));
}

} // namespace

void add_pack(CLI::App& app, command_line& line) {
  auto given = std::make_shared<pack_options>();
  auto* command = app.add_subcommand(
    "pack", "Make one executable of a plan and all it needs");
  command->footer("Examples:\n"
                  "  troupe pack site.json -o site-runner\n"
                  "  troupe pack site.json -o site-runner --with certs "
                  "--config runner.json -e version=1.2");
  given->choice.add_to(*command);
  command->add_option("-o,--output", given->output, "The runner to write")
    ->required()
    ->check(not_empty());
  command
    ->add_option("--with", given->with,
                 "File or folder to pack as well; it lies beside the plan then")
    ->allow_extra_args(false);
  command
    ->add_option("--name", given->name,
                 "Name of the runner; the plan's when not given")
    ->check(not_empty());
  command
    ->add_option("--runner", given->engine.name,
                 "Engine to pack into, when not the one that was "
                 "installed with this program")
    ->check(not_empty());
  command
    ->add_option("--arch", given->engine.architecture,
                 "Architecture of the hosts that the runner is for, when not "
                 "this one's: x86_64 or arm64")
    ->check(one_of(engine_architectures()));
  command
    ->add_option("--secret", given->choice.secrets,
                 "NAME=SOURCE: a variable that the runner reads when it runs: "
                 "env:VAR, file:PATH, fd:N or credential:NAME")
    ->allow_extra_args(false);
  auto* sealed = command->add_option("--encrypt-vars", given->sealed,
                                     "File of variables to pack encrypted");
  auto* passphrase = command->add_option(
    "--passphrase", given->choice.passphrase,
    "Where the passphrase is: env:VAR, file:PATH, fd:N or credential:NAME");
  sealed->needs(passphrase);
  passphrase->needs(sealed);
  auto* sign = command->add_option(
    "--sign", given->sign, "Sign with this private key (see troupe key)");
  for (auto* each : {sealed, sign})
    each->check(not_empty());
  command
    ->add_option("--expires", given->expires,
                 "Until when the signature is valid: YYYY-MM-DD, or "
                 "YYYY-MM-DDTHH:MM:SSZ")
    ->needs(sign);
  command->callback([given, &line] { pack(*given, line); });
}

} // namespace troupe
