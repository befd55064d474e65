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

void note_selection(const module_context& ctx,
                    const std::function<bool(const control_fields&)>& is,
                    std::string_view wanted) {
  constexpr std::string_view mark = "Status: ";
  auto& files = ctx.machine.files();
  auto text = files.read(status_file, longest_status);
  if (!text)
    return;
  for (size_t at = 0; at < text->size();) {
    auto end = std::min(text->find("\n\n", at), text->size());
    auto block = std::string_view{*text}.substr(at, end - at);
    if (!is(parse_paragraph(block))) {
      at = end + 2;
      continue;
    }
    auto line = block.starts_with(mark) ? 0 : block.find("\nStatus: ");
    if (line == std::string_view::npos)
      return;
    auto begin = at + block.find(mark, line) + mark.size();
    text->replace(begin, text->find_first_of(" \n", begin) - begin, wanted);
    static_cast<void>(files.replace(status_file, *text, {}));
    return;
  }
}

} // namespace troupe
