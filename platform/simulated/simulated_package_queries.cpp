#include "platform/simulated/debian_version.hpp"
#include "platform/simulated/simulated_packages.hpp"
#include "platform/simulated/small_programs.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

namespace troupe {

// What asks and changes nothing: dpkg-query, dpkg and apt-cache.

namespace {

/// The words of a command without its options.
std::vector<std::string> operands_of(const process_spec& spec) {
  std::vector<std::string> out;
  for (size_t i = 1; i < spec.argv.size(); ++i)
    if (!spec.argv[i].starts_with('-'))
      out.push_back(spec.argv[i]);
  return out;
}

/// The names a `dpkg-query --show` asks for; absent: it asks something else.
std::optional<std::vector<std::string>> shown_names(const process_spec& spec) {
  auto& argv = spec.argv;
  std::vector<std::string> out;
  bool shows = false;
  for (size_t i = 1; i < argv.size(); ++i) {
    if (argv[i] == "--show" || argv[i] == "-W")
      shows = true;
    else if (argv[i] == "--showformat" && i + 1 < argv.size())
      ++i;
    else if (!argv[i].starts_with('-'))
      out.push_back(argv[i]);
    else if (argv[i] != "--")
      return std::nullopt;
  }
  return shows ? std::optional{out} : std::nullopt;
}

/// The format that is answered: name twice, state and version.
bool has_known_format(const process_spec& spec) {
  for (auto& word : spec.argv)
    if (word.find("${") != std::string::npos)
      return word
             == "${binary:Package}\\t${Package}\\t${db:Status-Abbrev}"
                "\\t${Version}\\n";
  return false;
}

} // namespace

program_answer simulated_packages::query(const process_spec& spec) {
  auto names = shown_names(spec);
  if (!names || !has_known_format(spec))
    return unknown_here("dpkg-query", "anything but --show with the format "
                                      "of the module apt");
  program_answer out;
  std::lock_guard guard{lock_};
  for (auto& name : *names) {
    auto before = out.out.size();
    for (auto& [each, version] : installed_)
      if (::fnmatch(name.c_str(), each.c_str(), 0) == 0)
        out.out += fmt::format("{0}\t{0}\tii \t{1}\n", each, version);
    if (out.out.size() == before)
      out.rc = 1;
  }
  return out;
}

program_answer simulated_packages::policy(const process_spec& spec) {
  program_answer out;
  auto words = operands_of(spec);
  // What only other packages provide is nothing here.
  if (!words.empty() && words[0] == "showpkg")
    return out;
  if (words.empty() || words[0] != "policy")
    return unknown_here("apt-cache", words.empty() ? "" : words[0]);
  words.erase(words.begin());
  for (auto& name : words) {
    auto have = installed(name).value_or("(none)");
    std::lock_guard guard{lock_};
    auto* found = find(name);
    if (!found)
      continue;
    auto& versions = found->versions;
    out.out += fmt::format(
      "{}:\n  Installed: {}\n  Candidate: {}\n  Version table:\n", name, have,
      versions.front());
    for (auto& version : versions)
      out.out += fmt::format(" {} {} 500\n", version == have ? "***" : "   ",
                             version);
  }
  return out;
}

program_answer simulated_packages::compare(const process_spec& spec) {
  auto& argv = spec.argv;
  if (argv.size() != 5 || argv[1] != "--compare-versions")
    return unknown_here("dpkg", argv.size() > 1 ? argv[1] : "");
  auto order = compare_debian_versions(argv[2], argv[4]);
  auto& relation = argv[3];
  auto is = [&](std::string_view word, std::string_view sign) {
    return relation == word || relation == sign;
  };
  // dpkg takes < and > for <= and >=, as it always did.
  auto holds = is("ge", ">=") || relation == ">"   ? order >= 0
               : is("le", "<=") || relation == "<" ? order <= 0
               : is("gt", ">>")                    ? order > 0
               : is("lt", "<<")                    ? order < 0
               : is("eq", "=")                     ? order == 0
               : is("ne", "ne")                    ? order != 0
                                                   : false;
  return {.rc = holds ? 0 : 1};
}

} // namespace troupe
