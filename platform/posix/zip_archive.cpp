#include "platform/zip_archive.hpp"

#include <fmt/format.h>
#include <minizip/unzip.h>
#include <minizip/zip.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace troupe {

namespace {

constexpr size_t longest_name = 65535;
constexpr size_t zip_piece = size_t{128} << 10;
// Made by: Unix, version 2.0 of the format.
constexpr unsigned long made_by = 3U << 8U | 20U;
constexpr unsigned long utf8_names = 1U << 11U;
// 1 January 1980, the first day that the format knows.
constexpr unsigned long no_date = 1U << 21U | 1U << 16U;
constexpr uint64_t largest_small = 0xffff'ffff;

voidpf open_for_archive(voidpf, const void* name, int mode) {
  auto reading
    = (mode & ZLIB_FILEFUNC_MODE_READWRITEFILTER) == ZLIB_FILEFUNC_MODE_READ;
  // Children must not inherit the descriptor.
  return std::fopen(static_cast<const char*>(name), reading ? "rbe" : "r+be");
}

zlib_filefunc64_def file_functions() {
  zlib_filefunc64_def out{};
  fill_fopen64_filefunc(&out);
  out.zopen64_file = open_for_archive;
  return out;
}

error damaged(const std::string& path, std::string_view what) {
  return {errc::invalid_argument,
          fmt::format("{}: the archive is damaged: {}", path, what)};
}

} // namespace

// -- reading ------------------------------------------------------------------

struct zip_reader::state {
  explicit state(std::string name) : path{std::move(name)} {
    auto functions = file_functions();
    file = unzOpen2_64(path.c_str(), &functions);
  }

  ~state() {
    if (file)
      unzClose(file);
  }

  state(const state&) = delete;
  state& operator=(const state&) = delete;

  result<void> load() {
    unz_file_info64 info{};
    std::string name(longest_name + 1, '\0');
    if (unzGetCurrentFileInfo64(file, &info, name.data(), name.size(), nullptr,
                                0, nullptr, 0)
        != UNZ_OK)
      return damaged(path, "an entry cannot be read");
    name.resize(info.size_filename);
    auto attributes = static_cast<uint32_t>(info.external_fa) >> 16U;
    auto kind = attributes & S_IFMT;
    member = {.name = std::move(name),
              .size = info.uncompressed_size,
              .packed = info.compressed_size,
              .mode = attributes & 0777U,
              .regular = kind == 0 || kind == S_IFREG,
              .deflated = info.compression_method != 0};
    return {};
  }

  std::string path;
  unzFile file = nullptr;
  bool started = false;
  zip_member member;
};

zip_reader::zip_reader(std::unique_ptr<state> opened)
    : state_{std::move(opened)} {
}

zip_reader::zip_reader(zip_reader&&) noexcept = default;
zip_reader::~zip_reader() = default;

result<zip_reader> zip_reader::open(const std::string& path) {
  auto opened = std::make_unique<state>(path);
  if (!opened->file)
    return damaged(path, "its list of members cannot be found");
  return zip_reader{std::move(opened)};
}

uint64_t zip_reader::member_count() const {
  unz_global_info64 info{};
  unzGetGlobalInfo64(state_->file, &info);
  return info.number_entry;
}

result<bool> zip_reader::next() {
  auto code = state_->started ? unzGoToNextFile(state_->file)
                              : unzGoToFirstFile(state_->file);
  state_->started = true;
  if (code == UNZ_END_OF_LIST_OF_FILE)
    return false;
  if (code != UNZ_OK)
    return damaged(state_->path, "its list of members cannot be read");
  if (auto ok = state_->load(); !ok)
    return ok.why();
  return true;
}

const zip_member& zip_reader::current() const {
  return state_->member;
}

uint64_t zip_reader::entry_offset() const {
  return unzGetOffset64(state_->file);
}

result<void>
zip_reader::read(const std::function<result<void>(std::string_view)>& take) {
  auto& [path, file, started, member] = *state_;
  if (unzOpenCurrentFile(file) != UNZ_OK)
    return damaged(path, fmt::format("'{}' cannot be read", member.name));
  std::string buffer(zip_piece, '\0');
  result<void> taken;
  for (;;) {
    auto count = unzReadCurrentFile(file, buffer.data(),
                                    static_cast<unsigned>(buffer.size()));
    if (count < 0)
      taken
        = damaged(path, fmt::format("'{}' cannot be unpacked", member.name));
    if (count <= 0)
      break;
    taken = take({buffer.data(), static_cast<size_t>(count)});
    if (!taken)
      break;
  }
  auto code = unzCloseCurrentFile(file);
  if (taken && code != UNZ_OK)
    return damaged(path,
                   fmt::format("the checksum of '{}' is wrong", member.name));
  return taken;
}

// -- writing ------------------------------------------------------------------

struct zip_writer::state {
  explicit state(std::string name) : path{std::move(name)} {
    auto functions = file_functions();
    file = zipOpen2_64(path.c_str(), APPEND_STATUS_CREATEAFTER, nullptr,
                       &functions);
  }

  ~state() {
    if (file)
      zipClose(file, nullptr);
  }

  state(const state&) = delete;
  state& operator=(const state&) = delete;

  result<void> judge(int code) const {
    if (code == ZIP_OK)
      return {};
    return system_error(code == ZIP_ERRNO || errno != 0 ? errno : EIO,
                        fmt::format("cannot write {}", path));
  }

  std::string path;
  zipFile file = nullptr;
};

zip_writer::zip_writer(std::unique_ptr<state> opened)
    : state_{std::move(opened)} {
}

zip_writer::zip_writer(zip_writer&&) noexcept = default;
zip_writer::~zip_writer() = default;

result<zip_writer> zip_writer::behind(const std::string& path) {
  auto opened = std::make_unique<state>(path);
  if (!opened->file)
    return system_error(errno, fmt::format("cannot write {}", path));
  return zip_writer{std::move(opened)};
}

result<void> zip_writer::begin(const zip_member& what) {
  zip_fileinfo info{};
  info.dosDate = no_date;
  info.external_fa = static_cast<unsigned long>(S_IFREG | what.mode) << 16U;
  return state_->judge(zipOpenNewFileInZip4_64(
    state_->file, what.name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr,
    what.deflated ? Z_DEFLATED : 0, Z_DEFAULT_COMPRESSION, 0, -MAX_WBITS,
    MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY, nullptr, 0, made_by, utf8_names,
    what.size >= largest_small ? 1 : 0));
}

result<void> zip_writer::write(std::string_view bytes) {
  // The library counts in 32 bits.
  while (!bytes.empty()) {
    auto part = bytes.substr(0, size_t{1} << 30U);
    auto code = zipWriteInFileInZip(state_->file, part.data(),
                                    static_cast<unsigned>(part.size()));
    if (code != ZIP_OK)
      return state_->judge(code);
    bytes.remove_prefix(part.size());
  }
  return {};
}

result<void> zip_writer::end() {
  return state_->judge(zipCloseFileInZip(state_->file));
}

result<void> zip_writer::finish(const std::string& comment) {
  auto* file = state_->file;
  state_->file = nullptr;
  return state_->judge(zipClose(file, comment.c_str()));
}

} // namespace troupe
