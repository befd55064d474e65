#include "modules/support/packages/apt_query.hpp"

#include "modules/support/commands/key_values.hpp"
#include "modules/support/facts/ansible_facts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

apt_name parse_apt_name(const std::string& written) {
  apt_name out;
  out.written = written;
  auto at = written.find_first_of("=><");
  out.name = written.substr(0, at);
  if (at == std::string::npos)
    return out;
  auto two = at + 1 < written.size() && written[at + 1] == '=';
  out.relation = written.substr(at, two ? 2 : 1);
  if (out.relation == "==")
    out.relation = "=";
  out.version = written.substr(at + (two ? 2 : 1));
  return out;
}

result<std::map<std::string, apt_status>>
query_dpkg(const package_tool& tool, const std::vector<std::string>& names,
           const module_context& ctx) {
  if (auto known = all_installed(ctx, names))
    return *std::move(known);
  std::map<std::string, apt_status> out;
  std::vector<std::string> argv{
    "dpkg-query", "--show", "--showformat",
    "${binary:Package}\\t${Package}\\t${db:Status-Abbrev}\\t${Version}\\n",
    "--"};
  for (auto& name : names) {
    out[name];
    argv.push_back(name);
  }
  if (names.empty())
    return out;
  // 1 only means that some of them are unknown.
  auto ended = tool.run(argv);
  if (!ended)
    return ended.why();
  for (auto& line : split_text(ended->out.bytes, '\n')) {
    auto fields = split_text(line, '\t');
    if (fields.size() < 4)
      continue;
    apt_status found;
    auto& state = fields[2];
    found.installed = state.size() > 1 && state[1] == 'i';
    found.leftover = state.size() > 1 && state[1] == 'c';
    found.version = fields[3];
    found.known = true;
    auto is_pattern = [](const std::string& name) {
      return name.find_first_of("*?[") != std::string::npos;
    };
    for (auto& name : names) {
      if (is_pattern(name) ? matches_pattern(name, fields[1])
                           : name == fields[0] || name == fields[1]) {
        auto& entry = out[is_pattern(name) ? fields[1] : name];
        if (!entry.installed)
          entry = found;
      }
    }
  }
  std::erase_if(out, [](auto& entry) {
    return entry.first.find_first_of("*?[") != std::string::npos;
  });
  return out;
}

result<void> query_lists(const package_tool& tool,
                         std::map<std::string, apt_status>& packages) {
  if (packages.empty())
    return {};
  std::vector<std::string> argv{"apt-cache", "policy", "--"};
  for (auto& [name, _] : packages)
    argv.push_back(name);
  auto ended = tool.run(argv);
  if (!ended)
    return ended.why();
  apt_status* current = nullptr;
  for (auto& line : split_text(ended->out.bytes, '\n')) {
    if (!line.empty() && line[0] != ' ') {
      auto name = line.substr(0, line.rfind(':'));
      auto at = packages.find(name);
      current = at == packages.end() ? nullptr : &at->second;
      continue;
    }
    auto begin = line.find_first_not_of(' ');
    if (!current || begin == std::string::npos)
      continue;
    auto text = line.substr(begin);
    constexpr std::string_view candidate = "Candidate: ";
    if (text.starts_with(candidate)) {
      auto version = text.substr(candidate.size());
      if (version != "(none)") {
        current->candidate = version;
        current->known = true;
      }
    } else if (text.starts_with("*** ") || (begin == 5 && text[0] != '*')) {
      // " *** 1.2-3 500" and "     1.2-2 500": versions of the table.
      auto version = text.substr(text.starts_with("*** ") ? 4 : 0);
      current->versions.push_back(version.substr(0, version.find(' ')));
    }
  }
  // What only other packages provide has no version of its own.
  for (auto& [name, one] : packages) {
    if (one.known)
      continue;
    auto shown = tool.run({"apt-cache", "--names-only", "showpkg", name});
    if (!shown)
      return shown.why();
    auto at = shown->out.bytes.find("Reverse Provides:");
    one.known = at != std::string::npos
                && shown->out.bytes.find_first_not_of(" \n", at + 17)
                     != std::string::npos;
  }
  return {};
}

result<bool> version_fits(const package_tool& tool, const apt_name& wanted,
                          const std::string& version) {
  if (wanted.relation.empty())
    return true;
  if (wanted.relation == "=")
    return matches_pattern(wanted.version, version);
  return tool.succeeds({"dpkg", "--compare-versions", version,
                        wanted.relation == ">=" ? "ge" : wanted.relation,
                        wanted.version});
}

} // namespace troupe
