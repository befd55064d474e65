#include "actors/runner/packed_runner.hpp"

#include "actors/state/run_folder.hpp"
#include "platform/crypto.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace troupe {

namespace {

constexpr std::string_view trust_folder = "/etc/troupe/trust.d";

std::string time_text(std::chrono::system_clock::time_point when) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(when)));
}

/// Unpacks everything into a folder of the user's choice.
void extract(const payload& what, const std::string& folder,
             command_line& line) {
  auto& files = line.machine->files();
  auto there = files.status(folder, true);
  if (!there)
    return line.fail(exit_code::state_unusable, there.why().message);
  if (*there) {
    auto names = files.list(folder);
    if (!names)
      return line.fail(exit_code::state_unusable, names.why().message);
    if (!names->empty())
      return line.fail(exit_code::usage, folder + " is not empty");
  } else if (auto made = files.make_directory(folder, 0755); !made) {
    return line.fail(exit_code::state_unusable, made.why().message);
  }
  if (auto done = unpack(what, folder); !done)
    line.fail(exit_code::state_unusable, done.why().message);
}

/// What people call the plan: its name below the folder that was packed.
std::string shown_plan(const payload_manifest& of) {
  return of.plan.starts_with(plan_folder) ? of.plan.substr(plan_folder.size())
                                          : of.plan;
}

/// The choice of the command line with what the payload brings.
result<run_options> with_payload(run_options given, const payload& what,
                                 const std::string& folder) {
  auto& manifest = what.manifest;
  std::string sealed;
  if (!manifest.sealed_vars.empty()) {
    auto bytes = read_member(what, manifest.sealed_vars);
    if (!bytes)
      return bytes.why();
    sealed = std::move(*bytes);
  }
  given.choice.plan = folder + "/" + manifest.plan;
  if (given.choice.host.empty())
    given.choice.host = manifest.host;
  given.choice.packed
    = {manifest.settings,    manifest.vars,    what.path,
       shown_plan(manifest), manifest.secrets, std::move(sealed)};
  return given;
}

/// Removes the runner itself, if it still is the file that was started.
void remove_runner(const payload& what, command_line& line) {
  if (auto gone = line.machine->files().remove(what.path); !gone)
    line.warn(gone.why().message);
}

/// Where the payload is unpacked: with the state of the run, or where a run
/// without state has its temporary files.
result<std::string> make_base(const run_options& given, host& machine) {
  auto state = given.state.path(machine);
  bool stateless = given.no_state || state.empty()
                   || (given.check && given.state.folder.empty());
  auto base = stateless ? std::string{"/tmp"} : state + "/tmp";
  if (auto made = make_private_folders(machine.files(), base); !made)
    return made.why();
  return base;
}

void run_payload(const payload& what, const runner_options& given,
                 command_line& line) {
  auto& machine = *line.machine;
  auto base = make_base(given.run, machine);
  if (!base)
    return line.fail(exit_code::state_unusable, base.why().message);
  {
    run_folder folder{machine, run_folder_path(machine, *base, "payload")};
    if (!folder.made())
      return line.fail(exit_code::state_unusable, folder.made().why().message);
    if (auto done = unpack(what, folder.path()); !done)
      return line.fail(done.why().code == errc::invalid_plan
                         ? exit_code::invalid_plan
                         : exit_code::exhausted,
                       done.why().message);
    auto options = with_payload(given.run, what, folder.path());
    if (!options)
      return line.fail(exit_code::invalid_plan, options.why().message);
    run_plan(*options, line);
  }
  if (line.code == exit_code::ok && line.clean_up)
    remove_runner(what, line);
}

} // namespace

void add_runner_options(option_list& to, runner_options& given,
                        command_line& line) {
  given.run.add_to(to);
  option_list more{
    {.names = "--info",
     .help = "Say what is packed in here; run nothing",
     .to = &given.info},
    {.names = "--list",
     .help = "List the packed files; run nothing",
     .to = &given.list,
     .excludes = {"--info"}},
    {.names = "--verify",
     .help = "Check every byte, also those of the engine; run nothing",
     .to = &given.verify,
     .excludes = {"--info", "--list"}},
    {.names = "--extract",
     .help = "Unpack into this folder; run nothing",
     .to = &given.extract,
     .excludes = {"--info", "--list", "--verify"}},
    {.names = "--passphrase",
     .help = "Where the passphrase of encrypted variables is: env:VAR, "
             "file:PATH, fd:N or credential:NAME",
     .to = &given.run.choice.passphrase},
    {.names = "--trust",
     .help = "Public key that must have signed this runner",
     .to = &given.trusted},
    {.names = "--version",
     .help = "Print the version of the engine",
     .to = &given.version},
    {.names = "-v,--verbose",
     .help = "Show more; up to -vvv",
     .to = &line.verbosity},
    {.names = "-h,--help", .help = "Print this text", .to = &given.help},
  };
  to.insert(to.end(), more.begin(), more.end());
}

void use_runner(const std::string& path, const runner_options& given,
                command_line& line) {
  auto found = read_payload(path);
  if (!found)
    return line.fail(exit_code::invalid_plan, found.why().message);
  if (!*found)
    return line.fail(exit_code::invalid_plan,
                     path
                       + " carries no plan; 'troupe pack PLAN -o RUNNER' makes "
                         "a runner that does");
  auto& what = **found;
  auto keys = read_trusted_keys(*line.machine, given.trusted);
  if (!keys)
    return line.fail(exit_code::invalid_plan, keys.why().message);
  auto trusted = check_trust(
    what, {std::move(*keys), time_text(line.machine->clock().now())});
  if (!trusted)
    return line.fail(exit_code::invalid_plan, trusted.why().message);
  if (given.info) {
    line.say(describe(what));
  } else if (given.list) {
    line.say(list_members(what));
  } else if (given.verify) {
    if (auto good = verify_everything(what); !good)
      return line.fail(exit_code::invalid_plan, good.why().message);
    line.say(path + ": nothing was altered\n");
  } else if (!given.extract.empty()) {
    extract(what, given.extract, line);
  } else {
    run_payload(what, given, line);
  }
}

result<std::vector<std::string>>
read_trusted_keys(host& machine, const std::vector<std::string>& files) {
  auto all = files;
  std::string folder{trust_folder};
  if (auto names = machine.files().list(folder))
    for (auto& name : *names)
      all.push_back(fmt::format("{}/{}", folder, name));
  std::vector<std::string> out;
  for (auto& path : all) {
    auto text = machine.files().read_stream(path, size_t{1} << 16U);
    if (!text)
      return text.why();
    auto point = public_point(*text);
    if (!point)
      return error{errc::invalid_argument, path + ": " + point.why().message};
    out.push_back(std::move(*point));
  }
  return out;
}

} // namespace troupe
