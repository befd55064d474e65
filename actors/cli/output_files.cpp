#include "actors/cli/output_files.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

std::string folder_of(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string{"."}
         : slash == 0               ? std::string{"/"}
                                    : path.substr(0, slash);
}

/// What a file that need not be there yet is called without links; empty when
/// its folder is not there.
std::string resolved(std::string path, host& machine) {
  // A link to what is not there yet: real paths are of what is.
  for (int links = 0; links < 40; ++links) {
    auto there = machine.files().status(path, false);
    if (!there || !*there || (*there)->kind != file_kind::symlink)
      break;
    auto to = machine.files().read_link(path);
    if (!to)
      return {};
    path = to->starts_with('/') ? *to : folder_of(path) + "/" + *to;
  }
  if (auto whole = machine.files().real_path(path))
    return *whole;
  auto folder = machine.files().real_path(folder_of(path));
  return folder ? *folder + "/" + path.substr(path.rfind('/') + 1)
                : std::string{};
}

bool is_one_file(const std::string& x, const std::string& y, host& machine) {
  auto& files = machine.files();
  auto one = files.status(x, true);
  auto other = files.status(y, true);
  if (one && *one && other && *other)
    return (*one)->kind == file_kind::regular && is_same_file(**one, **other);
  auto name = resolved(x, machine);
  return !name.empty() && name == resolved(y, machine);
}

} // namespace

result<void> keep_apart(const std::vector<named_file>& outputs,
                        const std::vector<named_file>& inputs, host& machine) {
  auto clash = [&](const named_file& to, const named_file& with) {
    return !to.path.empty() && !with.path.empty()
           && is_one_file(to.path, with.path, machine);
  };
  for (size_t i = 0; i < outputs.size(); ++i) {
    auto& to = outputs[i];
    for (auto& each : inputs)
      if (clash(to, each))
        return error{errc::invalid_argument,
                     fmt::format("{}: '{}' is {} and would be lost: name "
                                 "another file",
                                 to.what, to.path, each.what)};
    for (size_t j = 0; j < i; ++j)
      if (clash(to, outputs[j]))
        return error{errc::invalid_argument,
                     fmt::format("{}: '{}' is the file of {} as well, and "
                                 "one of them would be lost: name another file",
                                 to.what, to.path, outputs[j].what)};
  }
  return {};
}

result<void> keep_out(const std::vector<named_file>& outputs,
                      const std::string& state, host& machine) {
  auto folder = machine.files().real_path(state);
  if (!folder)
    return {};
  for (auto& to : outputs)
    if (!to.path.empty()
        && (resolved(to.path, machine) + "/").starts_with(*folder + "/"))
      return error{errc::invalid_argument,
                   fmt::format("{}: '{}' is in the folder of the runs, '{}': "
                               "name another file",
                               to.what, to.path, state)};
  return {};
}

result<std::shared_ptr<void>> check_writable(const named_file& output,
                                             host& machine) {
  auto& path = output.path;
  auto refused = [&](std::string_view why) {
    return error{
      errc::invalid_argument,
      fmt::format("{}: '{}' cannot be written: {}", output.what, path, why)};
  };
  auto& files = machine.files();
  auto there = files.status(path, true);
  if (there && *there && (*there)->kind == file_kind::directory)
    return refused("it is a directory");
  // The folder may be meant to be made by the run: that would be too late.
  auto folder = folder_of(path);
  auto around = files.status(folder, true);
  if (around && (!*around || (*around)->kind != file_kind::directory))
    return refused(fmt::format("there is no folder '{}'", folder));
  auto open = files.try_output(path);
  if (!open && there && *there && (*there)->kind == file_kind::fifo)
    return refused("nobody reads this pipe");
  return open ? open
              : error{errc::invalid_argument,
                      fmt::format("{}: {}", output.what, open.why().message)};
}

} // namespace troupe
