#include "modules/support/archives/archive_tool.hpp"

#include "modules/support/commands/tool.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

/// The option of tar for how it is packed; empty: none.
const char* packing_option(archive_kind kind) {
  switch (kind) {
  case archive_kind::gzip:
    return "--gzip";
  case archive_kind::bzip2:
    return "--bzip2";
  case archive_kind::xz:
    return "--xz";
  case archive_kind::zstd:
    return "--zstd";
  default:
    return "";
  }
}

result<std::string> find_tar(const module_context& ctx) {
  auto gnu = find_tool("gtar", ctx);
  return gnu ? gnu : find_tool("tar", ctx);
}

} // namespace

std::string_view handler_name(archive_kind kind) {
  if (kind == archive_kind::zip)
    return "ZipArchive";
  return kind == archive_kind::gzip ? "TgzArchive" : "TarArchive";
}

result<archive_tool> archive_tool::find(const archive_request& request,
                                        const module_context& ctx) {
  for (auto* names : {&request.include, &request.exclude})
    for (auto& each : *names)
      if (each.empty() || each.starts_with('-'))
        return error{errc::invalid_argument,
                     fmt::format("'{}' cannot be the name of an entry", each)};
  auto zip = request.kind == archive_kind::zip;
  auto program = zip ? find_tool("unzip", ctx) : find_tar(ctx);
  if (!program)
    return program.why();
  auto copy = request;
  // What begins with a dash would be an option.
  if (copy.path.starts_with('-'))
    copy.path.insert(0, "./");
  return archive_tool{std::move(copy), *std::move(program)};
}

/// Which entries are meant; at the end of a line.
void archive_tool::add_choice(std::vector<std::string>& words) const {
  if (in_.kind == archive_kind::zip) {
    words.push_back(in_.path);
    words.insert(words.end(), in_.include.begin(), in_.include.end());
    if (!in_.exclude.empty())
      words.emplace_back("-x");
    words.insert(words.end(), in_.exclude.begin(), in_.exclude.end());
    return;
  }
  for (auto& each : in_.exclude)
    words.push_back("--exclude=" + each);
  words.insert(words.end(), {"--file", in_.path});
  if (!in_.include.empty())
    words.emplace_back("--");
  words.insert(words.end(), in_.include.begin(), in_.include.end());
}

result<std::vector<archive_entry>>
archive_tool::list(const module_context& ctx) const {
  std::vector<std::string> words{program_};
  if (in_.kind == archive_kind::zip) {
    words.insert(words.end(), {"-ZT", "-s"});
  } else {
    words.insert(words.end(), {"--list", "--verbose", "--full-time", "--utc",
                               "--numeric-owner", "--quoting-style=escape",
                               "--force-local", "--show-transformed-names"});
    if (std::string packing = packing_option(in_.kind); !packing.empty())
      words.push_back(packing);
    words.insert(words.end(), in_.options.begin(), in_.options.end());
  }
  add_choice(words);
  auto text = tool_output(std::move(words), ctx);
  if (!text)
    return text.why();
  return in_.kind == archive_kind::zip
           ? read_zip_list(*text, ctx.machine.clock())
           : read_tar_list(*text);
}

std::vector<std::string>
archive_tool::words_to_extract(const std::string& folder) const {
  std::vector<std::string> words{program_};
  if (in_.kind == archive_kind::zip) {
    words.emplace_back("-o");
    if (in_.keep_newer)
      words.emplace_back("-u");
    words.insert(words.end(), in_.options.begin(), in_.options.end());
    add_choice(words);
    words.insert(words.end(), {"-d", folder});
    return words;
  }
  words.insert(words.end(),
               {"--extract", "--directory", folder, "--force-local"});
  if (std::string packing = packing_option(in_.kind); !packing.empty())
    words.push_back(packing);
  if (in_.keep_newer)
    words.emplace_back("--keep-newer-files");
  words.insert(words.end(), in_.options.begin(), in_.options.end());
  add_choice(words);
  return words;
}

} // namespace troupe
