#include "modules/support/archives/archive_entries.hpp"

#include "config/value/excerpt.hpp"
#include "modules/support/arguments/times.hpp"
#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_set>

namespace troupe {

namespace {

constexpr size_t most_entries = 1'000'000;
constexpr uint64_t large_content = uint64_t{1} << 30U;
constexpr uint64_t most_times = 1'100;

struct archive_mark {
  size_t at;
  std::string_view bytes;
  archive_kind kind;
};

constexpr archive_mark marks[] = {
  {0, {"\x1f\x8b", 2}, archive_kind::gzip},
  {0, {"BZh", 3}, archive_kind::bzip2},
  {0,
   {"\xfd"
    "7zXZ\0",
    6},
   archive_kind::xz},
  {0, {"\x28\xb5\x2f\xfd", 4}, archive_kind::zstd},
  {0, {"PK\x03\x04", 4}, archive_kind::zip},
  {0, {"PK\x05\x06", 4}, archive_kind::zip},
  {257, {"ustar", 5}, archive_kind::tar},
};

template <class Number>
bool read_digits(std::string_view text, Number& out) {
  auto* end = text.data() + text.size();
  auto [at, failed] = std::from_chars(text.data(), end, out);
  return !text.empty() && at == end && failed == std::errc{};
}

/// The first word, which is taken away with the blanks before it.
std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  auto word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

/// "rwxr-sr-t" as a number.
std::optional<uint32_t> mode_of(std::string_view letters) {
  if (letters.size() != 9)
    return std::nullopt;
  uint32_t out = 0;
  for (size_t i = 0; i < 9; ++i) {
    auto c = letters[i];
    auto bit = uint32_t{1} << (8U - i);
    auto special = uint32_t{04000} >> (i / 3);
    if (c == 's' || c == 't' || c == 'S' || c == 'T')
      out |= special;
    if (c == "rwx"[i % 3] || c == 's' || c == 't')
      out |= bit;
  }
  return out;
}

/// A name as tar has escaped it.
std::string without_backslashes(std::string_view text) {
  constexpr std::string_view letters = "abfnrtv\\";
  constexpr std::string_view bytes = "\a\b\f\n\r\t\v\\";
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    auto next = i + 1 < text.size() ? text[i + 1] : '\0';
    auto at = text[i] == '\\' ? letters.find(next) : std::string_view::npos;
    auto octal = text[i] == '\\' && next >= '0' && next <= '7';
    if (at != std::string_view::npos && next != '\0') {
      out += bytes[at];
      ++i;
    } else if (octal) {
      unsigned byte = 0;
      size_t used = 0;
      while (used < 3 && i + 1 < text.size() && text[i + 1] >= '0'
             && text[i + 1] <= '7') {
        byte = byte * 8 + static_cast<unsigned>(text[++i] - '0');
        ++used;
      }
      out += static_cast<char>(byte);
    } else {
      out += text[i];
    }
  }
  return out;
}

error strange_line(std::string_view line) {
  return {errc::command_failed,
          fmt::format("the list of the archive has a line that is no entry: "
                      "'{}'",
                      line)};
}

/// Days since the epoch (H. Hinnant's way).
int64_t days_of(int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  auto era = (year >= 0 ? year : year - 399) / 400;
  auto of_era = year - era * 400;
  auto of_year
    = (153 * (static_cast<int64_t>(month) + (month > 2 ? -3 : 9)) + 2) / 5 + day
      - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year
         - 719468;
}

/// "2008-01-10" and "21:20:00" in UTC.
bool read_utc(std::string_view date, std::string_view time, int64_t& out) {
  unsigned month = 0;
  unsigned day = 0;
  int64_t year = 0;
  unsigned parts[3] = {};
  auto dash = date.find('-', 1);
  if (dash == std::string_view::npos || date.size() != dash + 6
      || time.size() < 8 || !read_digits(date.substr(0, dash), year)
      || !read_digits(date.substr(dash + 1, 2), month)
      || !read_digits(date.substr(dash + 4, 2), day))
    return false;
  for (size_t i = 0; i < 3; ++i)
    if (!read_digits(time.substr(i * 3, 2), parts[i]))
      return false;
  out = ((days_of(year, month, day) * 24 + parts[0]) * 60 + parts[1]) * 60
        + parts[2];
  return true;
}

// Between a name and what it leads to, or is another name of.
constexpr std::string_view arrow = " -> ";
constexpr std::string_view of_name = " link to ";

/// "drwxr-xr-x 0/0   0 2008-01-10 21:20:00 NAME"
bool read_tar_line(std::string_view line, archive_entry& out) {
  auto letters = take_word(line);
  auto owners = take_word(line);
  auto size = take_word(line);
  auto date = take_word(line);
  auto time = take_word(line);
  auto mark = owners.find('/');
  auto mode = letters.size() > 9 ? mode_of(letters.substr(1, 9)) : std::nullopt;
  uint32_t uid = 0;
  uint32_t gid = 0;
  if (!mode || mark == std::string_view::npos || line.empty()
      || !read_digits(owners.substr(0, mark), uid)
      || !read_digits(owners.substr(mark + 1), gid)
      || !read_utc(date, time, out.modified))
    return false;
  out.kind = letters[0];
  out.mode = *mode;
  out.uid = uid;
  out.gid = gid;
  // That of a device is two numbers.
  if (!read_digits(size, out.size))
    out.size = 0;
  auto name = line.substr(1);
  auto words = out.kind == 'l'   ? arrow
               : out.kind == 'h' ? of_name
                                 : std::string_view{};
  auto at = words.empty() ? std::string_view::npos : name.find(words);
  if (at != std::string_view::npos) {
    out.target = without_backslashes(name.substr(at + words.size()));
    name = name.substr(0, at);
  }
  out.name = without_backslashes(name);
  return true;
}

/// "-rw-r--r--  2.3 unx     4 bX defN 20080110.212000 NAME"
bool read_zip_line(std::string_view line, clock_source& clock,
                   archive_entry& out) {
  auto letters = take_word(line);
  take_word(line);
  take_word(line);
  auto size = take_word(line);
  take_word(line);
  take_word(line);
  auto time = take_word(line);
  auto mode = letters.size() > 9 ? mode_of(letters.substr(1, 9)) : std::nullopt;
  if (line.size() < 2 || !read_digits(size, out.size))
    return false;
  if (auto when = parse_local_time(clock, std::string{time}, "%Y%m%d.%H%M%S"))
    out.modified = static_cast<int64_t>(*when);
  out.name = line.substr(1);
  out.kind = letters[0] == '?' || letters[0] == 'b' ? '-' : letters[0];
  if (out.name.ends_with('/'))
    out.kind = 'd';
  // Of other systems than Unix there is none.
  out.mode = mode.value_or(out.kind == 'd' ? 0755 : 0644);
  return true;
}

bool leads_outside(std::string_view name) {
  if (name.starts_with('/') || name.find('\0') != std::string_view::npos)
    return true;
  for (auto& part : split_text(name, '/'))
    if (part == "..")
      return true;
  return false;
}

/// However it is written: "a/b" of ".//a/./b/".
std::string plain_entry(std::string_view name) {
  std::string out;
  for (auto& part : split_text(name, '/'))
    if (!part.empty() && part != ".")
      out.append(out.empty() ? "" : "/").append(part);
  return out;
}

using link_names = std::unordered_set<std::string>;

/// How often what stands between a name and what it leads to may be part of
/// either: each way to read a line is nearly as long as the line.
constexpr size_t most_readings = 16;

/// Adds all that a link may be called: its name may hold what stands in front
/// (`words`) of what it leads to, or is another name of. False: that is more
/// than anybody means.
bool add_link_names(const archive_entry& link, std::string_view words,
                    link_names& to) {
  auto line = fmt::format("{}{}{}", link.name, words, link.target);
  size_t count = 0;
  for (auto at = line.find(words); at != line.npos;
       at = line.find(words, at + 1)) {
    if (++count > most_readings)
      return false;
    to.insert(plain_entry(std::string_view{line}.substr(0, at)));
  }
  return true;
}

/// All that this entry may be another name of, in the same way; nothing: that
/// is more than anybody means.
std::optional<std::vector<std::string_view>>
readings_of_target(const archive_entry& each) {
  std::vector<std::string_view> out;
  if (each.kind != 'h')
    return out;
  std::string_view rest = each.target;
  for (;;) {
    out.push_back(rest);
    auto at = rest.find(of_name);
    if (at == rest.npos)
      return out;
    if (out.size() == most_readings)
      return std::nullopt;
    rest.remove_prefix(at + of_name.size());
  }
}

bool leads_through(const link_names& links, std::string_view path) {
  auto name = links.empty() ? std::string{} : plain_entry(path);
  for (auto end = name.find('/'); end != name.npos;
       end = name.find('/', end + 1))
    if (links.contains(name.substr(0, end)))
      return true;
  return false;
}

error not_unpacked(const archive_entry& each, std::string_view why) {
  constexpr size_t most_shown = 200;
  return {errc::invalid_argument,
          fmt::format("the archive is not unpacked: its entry '{}' {}",
                      excerpt(each.name, most_shown), why)};
}

/// Refuses an entry that would lie outside of the folder, or is another name of
/// what does, and notes what it is called when it is a link.
result<void> check_entry(const archive_entry& each, link_names& links) {
  // No system takes more in one path.
  constexpr size_t longest = 4096;
  if (each.name.size() > longest || each.target.size() > longest)
    return not_unpacked(each, "has a name that is too long");
  auto targets = readings_of_target(each);
  bool fine = targets.has_value();
  if (each.kind == 'l')
    fine = fine && add_link_names(each, arrow, links);
  // Another name of a link is one, too.
  else if (fine && std::any_of(targets->begin(), targets->end(), [&](auto x) {
             return links.contains(plain_entry(x));
           }))
    fine = add_link_names(each, of_name, links);
  if (!fine)
    return not_unpacked(each, "has a name whose end cannot be told");
  if (leads_outside(each.name)
      || std::any_of(targets->begin(), targets->end(), leads_outside))
    return not_unpacked(each, "would lie outside of the folder");
  return {};
}

} // namespace

result<archive_kind> kind_of_archive(const std::string& path,
                                     const module_context& ctx) {
  auto start = ctx.machine.files().read_start(path, 512);
  if (!start)
    return start.why();
  for (auto& each : marks)
    if (start->size() >= each.at + each.bytes.size()
        && start->compare(each.at, each.bytes.size(), each.bytes) == 0)
      return each.kind;
  // The end of an empty one, or the form before there was a mark.
  return error{errc::invalid_argument,
               fmt::format("'{}' is no archive: expected tar (plain, or packed "
                           "with gzip, bzip2, xz or zstd) or zip",
                           path)};
}

result<std::vector<archive_entry>> read_tar_list(std::string_view text) {
  std::vector<archive_entry> out;
  for (auto& line : split_text(text, '\n')) {
    if (line.empty())
      continue;
    archive_entry next;
    if (!read_tar_line(line, next))
      return strange_line(line);
    // One that lost its name to an option is the folder itself.
    if (next.kind != 'd' || next.name != "/")
      out.push_back(std::move(next));
  }
  return out;
}

result<std::vector<archive_entry>> read_zip_list(std::string_view text,
                                                 clock_source& clock) {
  std::vector<archive_entry> out;
  for (auto& line : split_text(text, '\n')) {
    archive_entry next;
    // Around the entries are lines about the archive.
    if (line.size() > 10 && line.find(' ') == 10
        && read_zip_line(line, clock, next))
      out.push_back(std::move(next));
  }
  return out;
}

result<void> check_entries(const std::vector<archive_entry>& all,
                           uint64_t packed) {
  if (all.size() > most_entries)
    return error{
      errc::exhausted,
      fmt::format("the archive has more than {} entries", most_entries)};
  uint64_t size = 0;
  link_names links;
  for (auto& each : all) {
    auto next = size + each.size;
    size = next < size ? static_cast<uint64_t>(-1) : next;
    if (auto fine = check_entry(each, links); !fine)
      return fine;
  }
  if (size > large_content && size / most_times > packed)
    return error{errc::exhausted,
                 fmt::format("the archive is not unpacked: {} bytes would "
                             "become {}",
                             packed, size)};
  auto through
    = [&](std::string_view path) { return leads_through(links, path); };
  // Wherever in it the name ends.
  auto line_of = [](const archive_entry& each) {
    return each.kind == 'h'   ? each.name + std::string{of_name} + each.target
           : each.kind == 'l' ? each.name + std::string{arrow} + each.target
                              : each.name;
  };
  for (auto& each : all)
    if (auto targets = readings_of_target(each);
        through(line_of(each))
        || std::any_of(targets->begin(), targets->end(), through))
      return not_unpacked(each, "would be reached through a link");
  return {};
}

} // namespace troupe
