#include "modules/support/files/mime_type.hpp"

#include "config/value/utf8.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr size_t looked_at = size_t{8} << 10;

struct content_mark {
  size_t offset;
  std::string_view bytes;
  std::string_view type;
};

using namespace std::string_view_literals;

constexpr content_mark marks[] = {
  {0,
   "\x7f"
   "ELF"sv,
   "application/x-executable"},
  {0, "\x1f\x8b"sv, "application/gzip"},
  {0, "BZh"sv, "application/x-bzip2"},
  {0,
   "\xfd"
   "7zXZ\0"sv,
   "application/x-xz"},
  {0, "\x28\xb5\x2f\xfd"sv, "application/zstd"},
  {0, "PK\x03\x04"sv, "application/zip"},
  {0, "PK\x05\x06"sv, "application/zip"},
  {257, "ustar"sv, "application/x-tar"},
  {0, "\x89PNG\r\n\x1a\n"sv, "image/png"},
  {0, "\xff\xd8\xff"sv, "image/jpeg"},
  {0, "GIF8"sv, "image/gif"},
  {0, "%PDF-"sv, "application/pdf"},
  {0, "!<arch>\ndebian"sv, "application/vnd.debian.binary-package"},
  {0, "!<arch>\n"sv, "application/x-archive"},
  {0, "\xed\xab\xee\xdb"sv, "application/x-rpm"},
  {0, "SQLite format 3\0"sv, "application/vnd.sqlite3"},
  {0, "<?xml"sv, "text/xml"},
  {0, "-----BEGIN "sv, "text/plain"},
};

std::string script_type(std::string_view text) {
  auto line = text.substr(0, text.find('\n'));
  if (line.find("python") != std::string_view::npos)
    return "text/x-script.python";
  if (line.find("perl") != std::string_view::npos)
    return "text/x-perl";
  if (line.find("sh") != std::string_view::npos)
    return "text/x-shellscript";
  return "text/plain";
}

bool is_control(unsigned char c) {
  return c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f'
         && c != '\v' && c != '\b' && c != 0x1b;
}

} // namespace

mime_type mime_type_of_bytes(std::string_view bytes) {
  if (bytes.empty())
    return {"inode/x-empty", "binary"};
  // Too short to say anything, even if it is a letter.
  if (bytes.size() == 1)
    return {"application/octet-stream", "binary"};
  mime_type out;
  for (auto& [offset, mark, type] : marks)
    if (bytes.size() >= offset + mark.size()
        && bytes.substr(offset, mark.size()) == mark) {
      out.type = type;
      break;
    }
  auto binary = std::any_of(bytes.begin(), bytes.end(), [](char c) {
    return is_control(static_cast<unsigned char>(c));
  });
  auto ascii = std::all_of(bytes.begin(), bytes.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
  // What was read may end in the middle of a character.
  auto whole = bytes;
  for (auto i = 0;
       i < 3 && !whole.empty() && !is_utf8(whole) && bytes.size() == looked_at;
       ++i)
    whole.remove_suffix(1);
  out.charset = binary           ? "binary"
                : ascii          ? "us-ascii"
                : is_utf8(whole) ? "utf-8"
                                 : "iso-8859-1";
  if (out.type != "unknown")
    return out;
  if (bytes.starts_with("#!") && !binary)
    out.type = script_type(bytes);
  else
    out.type = binary ? "application/octet-stream" : "text/plain";
  return out;
}

mime_type mime_type_of(const std::string& path, const file_status& status,
                       file_system& files) {
  switch (status.kind) {
  case file_kind::directory:
    return {"inode/directory", "binary"};
  case file_kind::fifo:
    return {"inode/fifo", "binary"};
  case file_kind::socket:
    return {"inode/socket", "binary"};
  case file_kind::block_device:
    return {"inode/blockdevice", "binary"};
  case file_kind::character_device:
    return {"inode/chardevice", "binary"};
  case file_kind::symlink:
    return {"inode/symlink", "binary"};
  default: {
    auto start = files.read_start(path, looked_at);
    return start ? mime_type_of_bytes(*start) : mime_type{};
  }
  }
}

} // namespace troupe
