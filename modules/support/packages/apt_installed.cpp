#include "modules/support/files/paths.hpp"
#include "modules/support/packages/apt_query.hpp"
#include "modules/support/packages/dpkg_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace troupe {

namespace {

constexpr size_t most_names = 1000;

/// Finds the paragraphs of packages in dpkg's file without reading the others.
class status_search {
public:
  explicit status_search(std::string_view text) : text_{text} {
  }

  /// Nothing unless there is one paragraph for the name and it is installed.
  std::optional<apt_status> installed(const std::string& name) const {
    auto first = find(name, 0);
    if (!first || find(name, first->end))
      return std::nullopt;
    auto fields
      = parse_paragraph(text_.substr(first->begin, first->end - first->begin));
    if (!field_of(fields, "Status").ends_with(" installed"))
      return std::nullopt;
    return apt_status{
      .installed = true, .version = field_of(fields, "Version"), .known = true};
  }

private:
  struct range {
    size_t begin = 0;
    size_t end = 0;
  };

  /// From the line of the name, with which dpkg lets a paragraph begin.
  std::optional<range> find(const std::string& name, size_t from) const {
    auto line = fmt::format("Package: {}\n", name);
    std::boyer_moore_horspool_searcher searcher{line.begin(), line.end()};
    for (auto at = text_.begin() + static_cast<ptrdiff_t>(from);;) {
      at = std::search(at, text_.end(), searcher);
      if (at == text_.end())
        return std::nullopt;
      auto begin = static_cast<size_t>(at - text_.begin());
      if (begin == 0 || text_[begin - 1] == '\n')
        return range{begin, std::min(text_.find("\n\n", begin), text_.size())};
      ++at;
    }
  }

  std::string_view text_;
};

bool is_plain(const std::string& name) {
  constexpr std::string_view known = "abcdefghijklmnopqrstuvwxyz0123456789+.-";
  return !name.empty() && name.find_first_not_of(known) == std::string::npos;
}

} // namespace

std::optional<std::map<std::string, apt_status>>
all_installed(const module_context& ctx,
              const std::vector<std::string>& names) {
  if (names.size() > most_names
      || !std::all_of(names.begin(), names.end(), is_plain))
    return std::nullopt;
  // They say that dpkg's files are elsewhere.
  for (auto* elsewhere : {"DPKG_ADMINDIR", "DPKG_ROOT"})
    if (environment_entry(elsewhere, ctx))
      return std::nullopt;
  auto text = read_dpkg_status(ctx);
  if (!text)
    return std::nullopt;
  status_search search{*text};
  std::map<std::string, apt_status> out;
  for (auto& name : names) {
    auto found = search.installed(name);
    if (!found)
      return std::nullopt;
    out[name] = *std::move(found);
  }
  return out;
}

} // namespace troupe
