#include "platform/executable.hpp"

#include "platform/posix/open_file.hpp"
#include "platform/posix/spawn.hpp"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

namespace troupe {

namespace {

/// Fills `to` from the file; false when it ends before.
template <class T>
bool read_at(int fd, uint64_t offset, T& to) {
  auto* at = reinterpret_cast<char*>(&to);
  for (size_t have = 0; have < sizeof to;) {
    auto n = ::pread(fd, at + have, sizeof to - have,
                     static_cast<off_t>(offset + have));
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    have += static_cast<size_t>(n);
  }
  return true;
}

std::string machine_name(unsigned number) {
  if (number == EM_X86_64)
    return "x86_64";
  if (number == EM_AARCH64)
    return "aarch64";
  return fmt::format("machine {}", number);
}

bool is_executable(const Elf64_Ehdr& header) {
  return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0
         && header.e_ident[EI_CLASS] == ELFCLASS64
         && header.e_ident[EI_DATA] == ELFDATA2LSB
         && (header.e_type == ET_EXEC || header.e_type == ET_DYN)
         && header.e_phentsize == sizeof(Elf64_Phdr);
}

} // namespace

result<std::string> own_executable() {
  char path[PATH_MAX];
  auto n = ::readlink("/proc/self/exe", path, sizeof path);
  if (n > 0 && n < static_cast<ssize_t>(sizeof path))
    return std::string{path, static_cast<size_t>(n)};
  if (auto given = called_executable();
      !given.empty() && ::realpath(given.c_str(), path))
    return std::string{path};
  return system_error(errno, "cannot find the file of this program");
}

std::string called_executable() {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): that is how the kernel tells it.
  auto* given = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  return given ? given : "";
}

result<executable_info> inspect_executable(const std::string& path) {
  auto from = open_to_read(path);
  if (!from)
    return from.why();
  auto& file = from->file;
  Elf64_Ehdr header{};
  if (!read_at(file.get(), 0, header) || !is_executable(header))
    return error{errc::invalid_argument,
                 path + " is no executable for Linux of 64 bits"};
  executable_info out;
  out.architecture = machine_name(header.e_machine);
  out.is_static = true;
  out.size = header.e_shoff + uint64_t{header.e_shnum} * header.e_shentsize;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr part{};
    if (!read_at(file.get(), header.e_phoff + i * sizeof part, part))
      return error{errc::invalid_argument, path + " is cut off"};
    out.is_static = out.is_static && part.p_type != PT_INTERP;
    out.size = std::max(out.size, part.p_offset + part.p_filesz);
  }
  return out;
}

void protect_memory() {
  rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

} // namespace troupe
