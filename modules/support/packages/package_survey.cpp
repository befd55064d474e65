#include "modules/support/packages/package_survey.hpp"

#include "modules/support/commands/key_values.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/text_edit.hpp"
#include "modules/support/packages/dpkg_status.hpp"

#include <fmt/format.h>

#include <charconv>

namespace troupe {

namespace {

constexpr const char* dpkg_status = "/var/lib/dpkg/status";

void add_package(dict& to, const std::string& name, std::string_view manager,
                 dict details) {
  details.set("source", manager);
  auto key = value::from_host(name);
  if (auto* known = to.find(key))
    known->as_list().push_back(std::move(details));
  else
    to.set(key, list{std::move(details)});
}

/// Whether this state of dpkg means that there is a version on the host.
bool has_version(const std::string& status) {
  auto words = words_in(status);
  return words.size() == 3 && words[2] != "not-installed"
         && words[2] != "config-files";
}

result<dict> debian_packages(const module_context& ctx) {
  struct entry {
    std::string name;
    std::string arch;
    dict details;
  };
  std::vector<entry> all;
  std::string native;
  auto read = for_each_package(ctx, [&](const control_fields& fields) {
    if (!has_version(field_of(fields, "Status")))
      return true;
    auto name = field_of(fields, "Package");
    auto arch = field_of(fields, "Architecture");
    if (name == "dpkg")
      native = arch;
    all.push_back({name,
                   arch,
                   {{"version", value::from_host(field_of(fields, "Version"))},
                    {"arch", value::from_host(arch)},
                    {"category", value::from_host(field_of(fields, "Section"))},
                    {"origin", ""}}});
    return true;
  });
  if (!read)
    return read.why();
  dict out;
  for (auto& each : all) {
    // apt calls those of another architecture by both.
    auto name = native.empty() || each.arch == native || each.arch == "all"
                  ? each.name
                  : each.name + ":" + each.arch;
    each.details.set("name", value::from_host(name));
    add_package(out, name, "apt", std::move(each.details));
  }
  return out;
}

result<std::string> asked(std::vector<std::string> argv,
                          const module_context& ctx) {
  auto tool = find_tool(argv[0], ctx);
  if (!tool)
    return tool.why();
  argv[0] = *tool;
  return tool_output(std::move(argv), ctx);
}

value known_or_null(const std::string& text) {
  return text == "(none)" ? value{} : value::from_host(text);
}

result<dict> rpm_packages_of(const module_context& ctx) {
  auto text = asked({"rpm", "-qa", "--queryformat",
                     "%{NAME}\\t%{VERSION}\\t%{RELEASE}\\t%{EPOCH}\\t%{ARCH}"
                     "\\n"},
                    ctx);
  if (!text)
    return text.why();
  dict out;
  for (auto& line : split_text(*text, '\n')) {
    auto fields = split_text(line, '\t');
    if (fields.size() != 5)
      continue;
    int64_t epoch = 0;
    auto& number = fields[3];
    auto read
      = std::from_chars(number.data(), number.data() + number.size(), epoch);
    add_package(out, fields[0], "rpm",
                {{"name", value::from_host(fields[0])},
                 {"version", value::from_host(fields[1])},
                 {"release", value::from_host(fields[2])},
                 {"epoch", read.ec == std::errc{} ? value{epoch} : value{}},
                 {"arch", known_or_null(fields[4])}});
  }
  return out;
}

result<dict> pacman_packages(const module_context& ctx) {
  auto text = asked({"pacman", "-Qi"}, ctx);
  if (!text)
    return text.why();
  dict out;
  for (std::string_view rest = *text; !rest.empty();) {
    auto block = rest.substr(0, rest.find("\n\n"));
    rest.remove_prefix(std::min(block.size() + 2, rest.size()));
    auto fields = parse_paragraph(block, " : ");
    auto name = field_of(fields, "Name");
    if (name.empty())
      continue;
    value provides;
    if (auto all = field_of(fields, "Provides"); all != "None") {
      list names;
      for (auto& each : words_in(all))
        names.push_back(value::from_host(each.substr(0, each.find('='))));
      provides = std::move(names);
    }
    add_package(out, name, "pacman",
                {{"name", value::from_host(name)},
                 {"version", value::from_host(field_of(fields, "Version"))},
                 {"arch", value::from_host(field_of(fields, "Architecture"))},
                 {"provides", provides}});
  }
  return out;
}

result<dict> apk_packages(const module_context& ctx) {
  auto text = asked({"apk", "info", "-v"}, ctx);
  if (!text)
    return text.why();
  dict out;
  for (auto& line : split_text(*text, '\n')) {
    if (line.empty())
      continue;
    // "busybox-extras-1.36.1-r5"
    auto release = line.rfind('-');
    auto version = release == std::string::npos || release == 0
                     ? std::string::npos
                     : line.rfind('-', release - 1);
    auto whole = version == std::string::npos;
    auto name = whole ? line : line.substr(0, version);
    add_package(
      out, name, "apk",
      {{"name", value::from_host(name)},
       {"version",
        value::from_host(
          whole ? "" : line.substr(version + 1, release - version - 1))},
       {"release", value::from_host(whole ? "" : line.substr(release + 1))}});
  }
  return out;
}

} // namespace

bool has_packages_of(std::string_view manager, const module_context& ctx) {
  auto& files = ctx.machine.files();
  return manager == "apt" ? files.access(dpkg_status, "r")
                          : bool{find_tool(manager, ctx)};
}

result<dict> installed_packages(std::string_view manager,
                                const module_context& ctx) {
  return manager == "apt"      ? debian_packages(ctx)
         : manager == "rpm"    ? rpm_packages_of(ctx)
         : manager == "pacman" ? pacman_packages(ctx)
                               : apk_packages(ctx);
}

} // namespace troupe
