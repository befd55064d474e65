#include "modules/support/mounts/mount_table.hpp"

#include "modules/support/files/paths.hpp"
#include "modules/support/files/text_edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace troupe {

namespace {

constexpr const char* kernel_table = "/proc/mounts";
// The kernel's own files are as they are in check mode, too: this one, which no
// machine has, is what its table would be.
constexpr const char* foretold_folder = "/run/mount";
constexpr const char* foretold_table = "/run/mount/foretold";
constexpr size_t longest_table = size_t{16} << 20;

/// As the kernel calls the place.
std::string real_place(const std::string& path, const module_context& ctx) {
  auto real = ctx.machine.files().real_path(path);
  auto out = real ? *real : path;
  while (out.size() > 1 && out.ends_with("/"))
    out.pop_back();
  return out;
}

result<std::string> mounts_now(const module_context& ctx) {
  auto foretold = ctx.predicted && ctx.predicted->predicts(foretold_table);
  return ctx.machine.files().read(foretold ? foretold_table : kernel_table,
                                  longest_table);
}

std::string escaped(const std::string& text) {
  std::string out;
  for (char each : text)
    switch (each) {
    case ' ':
    case '\t':
    case '\\':
    case '&':
      out += fmt::format("\\{:03o}", static_cast<unsigned>(each));
      break;
    default:
      out += each;
    }
  return out;
}

/// "\040" is a blank.
std::string plain(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    auto digit = [&](size_t at) {
      return i + at < text.size() && text[i + at] >= '0' && text[i + at] <= '7';
    };
    if (text[i] == '\\' && digit(1) && digit(2) && digit(3)) {
      out += static_cast<char>((text[i + 1] - '0') * 64
                               + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool is_same_place(const mount_entry& x, const mount_entry& wanted) {
  if (x.path != wanted.path)
    return false;
  return !(x.path == "none" && x.fstype == "swap" && !wanted.src.empty()
           && x.src != wanted.src);
}

} // namespace

std::optional<mount_entry> parse_mount(std::string_view line) {
  auto words = words_in(line);
  if (words.size() < 4 || words.size() > 6 || words[0][0] == '#')
    return std::nullopt;
  mount_entry out{plain(words[0]), plain(words[1]), plain(words[2]),
                  plain(words[3])};
  if (words.size() > 4)
    out.dump = words[4];
  if (words.size() > 5)
    out.passno = words[5];
  return out;
}

std::string mount_line(const mount_entry& entry) {
  return fmt::format("{} {} {} {} {} {}\n", escaped(entry.src),
                     escaped(entry.path), escaped(entry.fstype),
                     escaped(entry.opts), escaped(entry.dump),
                     escaped(entry.passno));
}

std::string with_mount(const std::string& table, const mount_entry& entry) {
  std::string out;
  auto there = false;
  for (auto& line : whole_lines(table)) {
    auto parsed = parse_mount(line);
    auto meant = parsed && is_same_place(*parsed, entry);
    there = there || meant;
    out += meant && *parsed != entry ? mount_line(entry) : line;
  }
  if (there)
    return out;
  if (!out.empty() && !out.ends_with("\n"))
    out += '\n';
  return out + mount_line(entry);
}

std::string without_mount(const std::string& table, const mount_entry& entry) {
  std::string out;
  for (auto& line : whole_lines(table)) {
    auto parsed = parse_mount(line);
    if (!parsed || !is_same_place(*parsed, entry))
      out += line;
  }
  return out;
}

result<std::vector<mount_entry>> mounted_at(const std::string& path,
                                            const module_context& ctx) {
  auto text = mounts_now(ctx);
  if (!text)
    return text.why();
  auto where = real_place(path, ctx);
  std::vector<mount_entry> out;
  for (auto& line : whole_lines(*text))
    if (auto parsed = parse_mount(line); parsed && parsed->path == where)
      out.push_back(*std::move(parsed));
  return out;
}

void note_mount(mount_entry entry, bool there, const module_context& ctx) {
  auto text = mounts_now(ctx);
  if (!text)
    return;
  entry.path = real_place(entry.path, ctx);
  if (entry.fstype.empty())
    entry.fstype = "none";
  auto lines = whole_lines(*text);
  if (there) {
    lines.push_back(mount_line(entry));
  } else {
    // What was mounted last is what goes.
    auto last = std::find_if(lines.rbegin(), lines.rend(), [&](auto& line) {
      auto parsed = parse_mount(line);
      return parsed && parsed->path == entry.path;
    });
    if (last != lines.rend())
      lines.erase(std::next(last).base());
  }
  std::string after;
  for (auto& line : lines)
    after += line;
  // Who may not mount anything sees the machine as it is.
  if (make_folders(foretold_folder, 0755, ctx))
    static_cast<void>(
      ctx.machine.files().replace(foretold_table, after, {.mode = 0644}));
}

} // namespace troupe
