#include "modules/support/packages/apt_marks.hpp"

#include "modules/support/packages/dpkg_status.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr const char* marks_file = "/var/lib/apt/extended_states";
constexpr size_t longest_marks = size_t{64} << 20;

} // namespace

std::vector<std::string>
automatic_packages(const module_context& ctx,
                   const std::vector<std::string>& names) {
  std::vector<std::string> out;
  auto text = ctx.machine.files().read(marks_file, longest_marks);
  if (!text)
    return out;
  auto is_asked = [&](const std::string& name, const std::string& machine) {
    return std::find_if(names.begin(), names.end(), [&](auto& each) {
      return each == name || each == name + ":" + machine;
    });
  };
  for (std::string_view rest = *text; !rest.empty();) {
    auto block = rest.substr(0, rest.find("\n\n"));
    rest.remove_prefix(std::min(block.size() + 2, rest.size()));
    auto fields = parse_paragraph(block);
    if (field_of(fields, "Auto-Installed") != "1")
      continue;
    auto asked
      = is_asked(field_of(fields, "Package"), field_of(fields, "Architecture"));
    if (asked != names.end()
        && std::find(out.begin(), out.end(), *asked) == out.end())
      out.push_back(*asked);
  }
  return out;
}

} // namespace troupe
