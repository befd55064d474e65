// What stands behind an engine may be anything: it is no payload, is refused,
// or unpacks to just the files that its manifest lists, inside the folder.
// Checksums that a forger would make right are made right here as well.

#include "config/payload/member_name.hpp"
#include "config/payload/payload.hpp"
#include "config/value/json.hpp"
#include "platform/crypto.hpp"
#include "platform/new_file.hpp"
#include "platform/zip_archive.hpp"
#include "tests/fuzz/fuzz_file.hpp"

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace troupe;
using fuzz::must;
namespace fs = std::filesystem;

const fuzz::scratch_file& file() {
  static const fuzz::scratch_file out{"runner"};
  return out;
}

/// As large as that of the seeds: archives count from the start of the file.
constexpr size_t engine_size = 129;

/// A small engine: a header, and one part that is all of it.
std::string engine() {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_phoff = sizeof header;
  header.e_shoff = sizeof header;
  header.e_ehsize = sizeof header;
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 1;
  header.e_shentsize = sizeof(Elf64_Shdr);
  Elf64_Phdr part{};
  part.p_type = PT_LOAD;
  part.p_filesz = engine_size;
  std::string out(engine_size, '\0');
  std::memcpy(out.data(), &header, sizeof header);
  std::memcpy(out.data() + sizeof header, &part, sizeof part);
  return out;
}

std::string digest_of(std::string_view bytes) {
  sha256 digest;
  digest.update(bytes);
  return to_hex(digest.finish());
}

/// The number of files in a folder, whatever is below it.
size_t files_in(const fs::path& folder) {
  size_t out = 0;
  for (auto& each : fs::recursive_directory_iterator{folder}) {
    must(each.is_directory() || each.is_regular_file());
    out += each.is_regular_file() ? 1 : 0;
  }
  return out;
}

/// What holds for a payload that was accepted.
void use(const payload& what) {
  auto& members = what.manifest.members;
  uint64_t all = 0;
  for (auto& each : members) {
    must(static_cast<bool>(check_member_name(each.name)));
    all += each.size;
  }
  auto whole = static_cast<bool>(verify_everything(what));
  auto folder = file().folder() + "/unpacked";
  must(fs::create_directory(folder));
  // No larger than a few bytes of input can become.
  if (all <= size_t{64} << 20U) {
    auto unpacked = static_cast<bool>(unpack(what, folder));
    must(unpacked ? files_in(folder) == members.size() : true);
    for (auto& each : members)
      if (whole && unpacked) {
        auto content = read_member(what, each.name);
        must(content && content->size() == each.size);
        must(digest_of(*content) == each.sha256);
      }
  }
  fs::remove_all(folder);
}

void read_runner(const std::string& bytes) {
  file().hold(bytes);
  auto found = read_payload(file().path());
  if (found && *found)
    use(**found);
}

/// Puts a trailer that fits behind what is in the file.
bool complete() {
  auto all = size_of_file(file().path());
  must(static_cast<bool>(all));
  payload_trailer trailer{.offset = engine_size,
                          .length = *all - engine_size,
                          .engine_digest = digest_of(engine()),
                          .archive_digest = {},
                          .signature = {}};
  auto archive = zip_reader::open(file().path());
  if (!archive || !archive->next())
    return false;
  trailer.directory = archive->entry_offset();
  auto bytes = read_part(file().path(), 0, *all);
  must(static_cast<bool>(bytes));
  trailer.archive_digest = digest_of(bytes->substr(engine_size));
  file().hold(*bytes + trailer.text());
  return true;
}

/// Any archive with checksums that are right.
void read_archive(std::string_view bytes) {
  file().hold(engine() + std::string{bytes});
  if (!complete())
    return;
  auto found = read_payload(file().path());
  if (found && *found)
    use(**found);
}

/// Members of any name and content, in lines of the input, and a manifest that
/// fits them.
void read_members(std::string_view lines) {
  file().hold(engine());
  auto archive = zip_writer::behind(file().path());
  must(static_cast<bool>(archive));
  payload_manifest manifest;
  auto add = [&](const std::string& name, std::string_view content) {
    must(archive->begin({.name = name,
                         .size = content.size(),
                         .mode = 0644,
                         .deflated = content.size() % 2 == 1})
         && archive->write(content) && archive->end());
  };
  bool good = true;
  while (!lines.empty() && manifest.members.size() < 32) {
    auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    auto name = std::string{line.substr(0, line.find('='))};
    // The library takes texts that end with a zero.
    name = name.c_str();
    auto content = line.substr(std::min(line.size(), name.size()));
    good = good && check_member_name(name);
    manifest.members.push_back({.name = name,
                                .size = content.size(),
                                .mode = 0644,
                                .sha256 = digest_of(content)});
    add(name, content);
  }
  add(std::string{manifest_member}, to_json(to_value(manifest)));
  must(static_cast<bool>(archive->finish("")));
  if (!complete())
    return;
  auto found = read_payload(file().path());
  must(!found || *found);
  must(!found || good);
  if (found)
    use(**found);
}

void read_trailer(std::string_view text) {
  static_cast<void>(trailer_length(text));
  if (auto trailer = parse_trailer(text))
    must(trailer->text() == text);
}

void read_manifest(std::string_view text) {
  auto manifest = parse_manifest(text);
  if (!manifest)
    return;
  auto written = to_json(to_value(*manifest));
  auto again = parse_manifest(written);
  must(again && to_json(to_value(*again)) == written);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1)
    return 0;
  std::string_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
  switch (data[0] % 6) {
  case 0:
    read_runner(std::string{rest});
    break;
  case 1:
    read_runner(engine() + std::string{rest});
    break;
  case 2:
    read_archive(rest);
    break;
  case 3:
    read_members(rest);
    break;
  case 4:
    read_trailer(rest);
    break;
  default:
    read_manifest(rest);
    break;
  }
  return 0;
}
