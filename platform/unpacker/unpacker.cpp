// The program that a packed engine starts with. It stands for itself: no C
// library is set up when it runs, as the engine brings its own.
//
// The file of the runner is this program with the engine's file behind it,
// compressed as `lz4 -B7 --content-size` does, which checks what it was. Here
// it is unpacked into memory, mapped where the kernel would have mapped it, and
// entered as if the kernel had started it: the file of the process stays the
// runner, nothing is executed a second time, and there is no descriptor, folder
// or variable that the engine has to be told of.

#include "platform/engine_mark.hpp"
#include "platform/unpacker/system_call.hpp"

#include <elf.h>
#include <fcntl.h>
#include <lz4.h>
#include <sys/mman.h>
#include <xxhash.h>

#include <csignal>
#include <cstdint>
#include <cstring>

// Where CMake has put the engine.
// Behind all code: of a file that was cut off, that is still there. The zero
// ends what `is_whole` asks about.
asm(".section .engine, \"aw\"\n"
    ".balign 8\n"
    "packed_engine: .incbin \"" PACKED_ENGINE "\"\n"
    "packed_engine_end: .byte 0\n"
    ".previous\n");

extern "C" const char packed_engine[];
extern "C" const char packed_engine_end[];
/// The linker says where this program begins.
extern "C" const char __executable_start[];

namespace troupe {

namespace {

constexpr uint32_t lz4_magic = 0x184D2204;
/// Version 1; blocks that know nothing of each other; the size of all and its
/// checksum are there.
constexpr unsigned char lz4_flags = 0x6C;
/// The most that `-B7` makes of one block.
constexpr size_t block_size = size_t{4} << 20;
/// Its size stands behind magic number, flags and kind of blocks; a checksum of
/// these follows.
constexpr size_t size_at = 6;
constexpr size_t header_size = size_at + 8 + 1;

// The codes of docs/exit-codes.md.
constexpr int no_resources = 7;
constexpr int no_plan = 4;

[[noreturn]] void fail(const char* why, int code = no_plan) {
  auto say = [](const char* text) {
    system_call(SYS_write, 2, text, std::strlen(text));
  };
  say("troupe-runner: cannot unpack itself: ");
  say(why);
  say("\n");
  for (;;)
    system_call(SYS_exit_group, code);
}

[[noreturn]] void fail_for_memory() {
  fail("there is not enough memory", no_resources);
}

bool failed(long answer) {
  return answer < 0 && answer >= -4095;
}

char* map(const void* at, size_t size, int protection, int flags, int fd,
          size_t offset = 0) {
  auto answer = system_call(SYS_mmap, at, size, protection, flags, fd, offset);
  return failed(answer) ? nullptr : reinterpret_cast<char*>(answer);
}

template <class T>
T number_at(const char* at) {
  T out = 0;
  std::memcpy(&out, at, sizeof out);
  return out;
}

/// Whether the file goes on to the end of the engine. The kernel is asked to
/// read there: it says so where this program would be killed.
bool is_whole() {
  constexpr long bad_address = -14;
  return system_call(SYS_faccessat, AT_FDCWD, packed_engine_end, 0)
         != bad_address;
}

/// The engine's file in memory. Its pages belong to a file without a name, so
/// that they may be mapped as code where nobody may make memory executable;
/// where there are no such files, to nobody.
struct image {
  int fd = -1;
  char* at = nullptr;
  size_t size = 0;
  /// What the kernel maps at once: 4 KiB, on some arm64 machines 64. No global
  /// one: it would lie behind the engine, which may be cut off.
  size_t page = 4096;

  size_t begin_of_page(size_t x) const {
    return x & ~(page - 1);
  }

  size_t end_of_page(size_t x) const {
    return begin_of_page(x + page - 1);
  }
};

/// A limit for the size of files would end this process with a signal.
class without_file_signal {
public:
  without_file_signal() {
    handling ignore{SIG_IGN, 0, nullptr, 0};
    system_call(SYS_rt_sigaction, SIGXFSZ, &ignore, &before_, sizeof(uint64_t));
  }

  ~without_file_signal() {
    system_call(SYS_rt_sigaction, SIGXFSZ, &before_, nullptr, sizeof(uint64_t));
  }

  without_file_signal(const without_file_signal&) = delete;
  without_file_signal& operator=(const without_file_signal&) = delete;

private:
  /// As the kernel has it.
  struct handling {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)();
    uint64_t mask;
  };

  handling before_{};
};

int file_without_name(size_t size) {
  without_file_signal quiet;
  // Nobody executes it; and where that is asked for, it has to be said.
  constexpr unsigned no_exec_seal = 8;
  auto fd = system_call(SYS_memfd_create, "troupe-engine",
                        unsigned{MFD_CLOEXEC} | no_exec_seal);
  if (failed(fd))
    fd = system_call(SYS_memfd_create, "troupe-engine", MFD_CLOEXEC);
  if (failed(fd))
    return -1;
  if (!failed(system_call(SYS_ftruncate, fd, size)))
    return static_cast<int>(fd);
  system_call(SYS_close, fd);
  return -1;
}

/// Unpacks one block behind another; false when they are not what was packed.
bool unpack_blocks(image& to) {
  const auto* at = packed_engine + header_size;
  constexpr uint32_t stored_mark = 0x80000000;
  for (size_t done = 0;;) {
    if (packed_engine_end - at < 8)
      return false;
    auto size = number_at<uint32_t>(at);
    at += 4;
    if (size == 0)
      return done == to.size
             && XXH32(to.at, to.size, 0) == number_at<uint32_t>(at);
    auto packed = size & ~stored_mark;
    if (packed > static_cast<size_t>(packed_engine_end - at))
      return false;
    auto room = to.size - done < block_size ? to.size - done : block_size;
    if ((size & stored_mark) != 0) {
      if (packed > room)
        return false;
      std::memcpy(to.at + done, at, packed);
      done += packed;
    } else {
      auto n = LZ4_decompress_safe(at, to.at + done, static_cast<int>(packed),
                                   static_cast<int>(room));
      if (n <= 0)
        return false;
      done += static_cast<size_t>(n);
    }
    at += packed;
  }
}

image unpack() {
  constexpr size_t most = size_t{64} << 20;
  if (!is_whole())
    fail("its file is cut off");
  image out;
  if (number_at<uint32_t>(packed_engine) != lz4_magic
      || static_cast<unsigned char>(packed_engine[4]) != lz4_flags)
    fail("its file is damaged");
  out.size = number_at<uint64_t>(packed_engine + size_at);
  if (out.size < sizeof(Elf64_Ehdr) || out.size > most)
    fail("its file is damaged");
  out.fd = file_without_name(out.size);
  auto flags = out.fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  out.at = map(nullptr, out.size, PROT_READ | PROT_WRITE, flags | MAP_POPULATE,
               out.fd);
  if (!out.at)
    fail_for_memory();
  if (!unpack_blocks(out))
    fail("its file is damaged");
  return out;
}

int protection_of(const Elf64_Phdr& part) {
  return ((part.p_flags & PF_R) ? PROT_READ : 0)
         | ((part.p_flags & PF_W) ? PROT_WRITE : 0)
         | ((part.p_flags & PF_X) ? PROT_EXEC : 0);
}

/// Maps what the file has of a part. Memory of nobody is filled first, and may
/// be executed afterwards.
void map_part(const image& from, const Elf64_Phdr& part, uintptr_t begin,
              size_t size) {
  auto* at = reinterpret_cast<char*>(begin);
  auto offset = from.begin_of_page(part.p_offset);
  if (from.fd >= 0
      && map(at, size, protection_of(part), MAP_PRIVATE | MAP_FIXED, from.fd,
             offset))
    return;
  if (!map(at, size, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1))
    fail_for_memory();
  std::memcpy(at, from.at + offset, part.p_offset - offset + part.p_filesz);
  __builtin___clear_cache(at, at + size);
  if (failed(system_call(SYS_mprotect, at, size, protection_of(part))))
    fail("this system lets no memory be executed", no_resources);
}

/// Where a mapped part begins and ends, on borders of pages.
void load(const image& from, const Elf64_Phdr& part) {
  auto begin = from.begin_of_page(part.p_vaddr);
  auto end_of_file = part.p_vaddr + part.p_filesz;
  auto mapped = from.end_of_page(end_of_file);
  auto end = from.end_of_page(part.p_vaddr + part.p_memsz);
  if (part.p_offset + part.p_filesz > from.size
      || end > reinterpret_cast<uintptr_t>(__executable_start))
    fail("its file is damaged");
  if (mapped > begin)
    map_part(from, part, begin, mapped - begin);
  if (part.p_memsz > part.p_filesz && mapped > end_of_file)
    std::memset(reinterpret_cast<char*>(end_of_file), 0, mapped - end_of_file);
  if (end > mapped
      && !map(reinterpret_cast<char*>(mapped), end - mapped,
              protection_of(part), MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1))
    fail_for_memory();
}

Elf64_auxv_t* auxiliary_values(long* stack) {
  auto* at = stack + 1 + *stack + 1;
  while (*at++ != 0) // The environment.
    continue;
  return reinterpret_cast<Elf64_auxv_t*>(at);
}

/// Tells the engine's own start what the kernel would have told it.
void tell(long* stack, uint64_t type, uint64_t value) {
  for (auto* each = auxiliary_values(stack); each->a_type != AT_NULL; ++each)
    if (each->a_type == type)
      each->a_un.a_val = value;
}

uintptr_t enter(const image& from, long* stack) {
  Elf64_Ehdr header{};
  std::memcpy(&header, from.at, sizeof header);
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr part{};
    std::memcpy(&part, from.at + header.e_phoff + i * sizeof part, sizeof part);
    if (part.p_type != PT_LOAD)
      continue;
    load(from, part);
    if (part.p_offset == 0)
      tell(stack, AT_PHDR, part.p_vaddr + header.e_phoff);
  }
  tell(stack, AT_PHNUM, header.e_phnum);
  tell(stack, AT_ENTRY, header.e_entry);
  return header.e_entry;
}

} // namespace

/// Puts the engine where it wants to be; returns where it begins. `stack` is
/// what the kernel has left for the program: arguments, environment and
/// auxiliary values.
extern "C" uintptr_t unpack_engine(long* stack) {
  // What `troupe pack` looks for in the file.
  static constexpr auto mark = engine_mark::joined();
  asm volatile("" : : "r"(mark.data()));
  auto from = unpack();
  for (auto* each = auxiliary_values(stack); each->a_type != AT_NULL; ++each)
    if (each->a_type == AT_PAGESZ)
      from.page = each->a_un.a_val;
  auto out = enter(from, stack);
  system_call(SYS_munmap, from.at, from.size);
  if (from.fd >= 0)
    system_call(SYS_close, from.fd);
  // Pages that nobody looks at again.
  auto begin = from.end_of_page(reinterpret_cast<uintptr_t>(packed_engine));
  auto end = from.begin_of_page(reinterpret_cast<uintptr_t>(packed_engine_end));
  if (end > begin)
    system_call(SYS_madvise, begin, end - begin, MADV_DONTNEED);
  return out;
}

} // namespace troupe

#if defined(__x86_64__)
asm(".text\n.globl _start\n_start:\n"
    "xor %ebp, %ebp\n"
    "mov %rsp, %rbx\n"
    "mov %rsp, %rdi\n"
    "and $-16, %rsp\n"
    "call unpack_engine\n"
    "mov %rbx, %rsp\n"
    // There is nothing to call at the end.
    "xor %edx, %edx\n"
    "jmp *%rax\n");
#elif defined(__aarch64__)
asm(".text\n.globl _start\n_start:\n"
    "mov x29, #0\n"
    "mov x30, #0\n"
    "mov x19, sp\n"
    "mov x0, sp\n"
    "bl unpack_engine\n"
    "mov sp, x19\n"
    "mov x16, x0\n"
    "mov x0, #0\n"
    "br x16\n");
#endif
