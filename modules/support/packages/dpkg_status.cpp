#include "modules/support/packages/dpkg_status.hpp"

#include "modules/support/files/text_edit.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr const char* status_file = "/var/lib/dpkg/status";
constexpr const char* updates_folder = "/var/lib/dpkg/updates";
constexpr size_t longest_status = size_t{256} << 20;

} // namespace

control_fields parse_paragraph(std::string_view text, std::string_view mark) {
  control_fields out;
  std::string last;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    auto at = line.find(mark);
    if (at != std::string_view::npos && line[0] != ' ') {
      last = trimmed_text(line.substr(0, at));
      out[last] = trimmed_text(line.substr(at + mark.size()));
    } else if (!last.empty()) {
      out[last] += "  " + trimmed_text(line);
    }
  }
  return out;
}

std::string field_of(const control_fields& from, std::string_view name) {
  auto at = from.find(name);
  return at == from.end() ? std::string{} : at->second;
}

std::optional<std::string> read_dpkg_status(const module_context& ctx) {
  auto& files = ctx.machine.files();
  auto pending = files.list(updates_folder);
  if (!pending || !pending->empty())
    return std::nullopt;
  auto text = files.read(status_file, longest_status);
  if (!text)
    return std::nullopt;
  return *std::move(text);
}

result<void>
for_each_package(const module_context& ctx,
                 const std::function<bool(const control_fields&)>& each) {
  auto text = ctx.machine.files().read(status_file, longest_status);
  if (!text)
    return text.why();
  for (std::string_view rest = *text; !rest.empty();) {
    auto block = rest.substr(0, rest.find("\n\n"));
    rest.remove_prefix(std::min(block.size() + 2, rest.size()));
    if (!each(parse_paragraph(block)))
      return {};
  }
  return {};
}

} // namespace troupe
