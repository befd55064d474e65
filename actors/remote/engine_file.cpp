#include "actors/remote/engine_file.hpp"

#include "platform/engine_mark.hpp"
#include "platform/executable.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace troupe {

namespace {

/// The name in headers of executables.
std::string kernel_name(const std::string& architecture) {
  if (architecture == "arm64")
    return "aarch64";
  return architecture == "amd64" ? "x86_64" : architecture;
}

/// The name in the files of engines for other machines, as ./dev runner and
/// the package have it.
std::string file_suffix(const std::string& kernel_architecture) {
  return kernel_architecture == "aarch64" ? "-arm64"
                                          : "-" + kernel_architecture;
}

/// Looks for an engine by its name.
result<std::string> look_up(host& machine, const engine_choice& asked) {
  auto own = own_executable();
  if (!own)
    return own.why();
  auto name = asked.name.empty() ? std::string{"troupe-runner"} : asked.name;
  if (auto wanted = kernel_name(asked.architecture); !wanted.empty()) {
    // Engines without a suffix are for the machine of this program.
    auto program = inspect_executable(*own);
    if (!program || program->architecture != wanted)
      name += file_suffix(wanted);
  }
  auto folder = own->substr(0, own->rfind('/'));
  // Started by a link it may be installed where the link is.
  auto called = called_executable();
  auto slash = called.rfind('/');
  auto linked = slash == called.npos ? folder : called.substr(0, slash);
  std::vector<std::string> tried;
  for (auto& place :
       {folder, linked, folder + "/../lib/troupe", linked + "/../lib/troupe",
        std::string{"/usr/lib/troupe"}}) {
    auto path = fmt::format("{}/{}", place, name);
    if (machine.files().access(path, "r"))
      return path;
    if (std::find(tried.begin(), tried.end(), path) == tried.end())
      tried.push_back(path);
  }
  return error{errc::not_found,
               fmt::format("there is no engine to pack into: --runner says "
                           "where one is, the Debian package brings them; "
                           "looked for {}",
                           fmt::join(tried, ", "))};
}

/// Whether a plan can be packed into this file.
result<void> check_engine(host& machine, const std::string& path) {
  constexpr size_t most = size_t{512} << 20U;
  auto bytes = machine.files().read(path, most);
  if (!bytes)
    return bytes.why();
  if (engine_mark::is_in(*bytes))
    return {};
  return error{errc::invalid_argument,
               fmt::format("'{}' is no engine that a plan can be packed into: "
                           "give a troupe-runner of this version",
                           path)};
}

} // namespace

const std::vector<std::string>& engine_architectures() {
  static const std::vector<std::string> names{"x86_64", "amd64", "arm64",
                                              "aarch64"};
  return names;
}

result<std::string> find_engine(host& machine, const engine_choice& asked) {
  auto is_path = asked.name.find('/') != std::string::npos;
  auto path
    = is_path ? result<std::string>{asked.name} : look_up(machine, asked);
  if (!path)
    return path;
  if (auto fine = check_engine(machine, *path); !fine)
    return fine.why();
  if (asked.architecture.empty())
    return path;
  auto engine = inspect_executable(*path);
  if (!engine)
    return engine.why();
  if (engine->architecture != kernel_name(asked.architecture))
    return error{errc::invalid_argument,
                 fmt::format("{} is an engine for {}, not for {}", *path,
                             engine->architecture, asked.architecture)};
  return path;
}

result<std::string> engine_to_send(host& machine,
                                   const std::string& architecture) {
  auto found = find_engine(machine, {{}, architecture});
  if (found)
    return found;
  auto own = own_executable();
  if (!own)
    return own.why();
  auto program = inspect_executable(*own);
  if (program
      && (architecture.empty() || program->architecture == architecture))
    return own;
  return error{errc::not_found,
               fmt::format("there is no engine for hosts of the architecture "
                           "'{}': {}",
                           architecture, found.why().message)};
}

} // namespace troupe
