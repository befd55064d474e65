// The program that a packed engine starts with. It stands for itself: no C
// library is set up when it runs, as the engine brings its own.
//
// The file of the runner is this program with the engine's file inside it,
// compressed as `lz4 -l` does. Here it is unpacked into memory, mapped where
// the kernel would have mapped it, and entered as if the kernel had started it:
// the file of the process stays the runner, nothing is executed a second time,
// and there is no descriptor, folder or variable that the engine has to be told
// of.

#include "platform/engine_mark.hpp"
#include "platform/unpacker/system_call.hpp"

#include <elf.h>
#include <fcntl.h>
#include <lz4.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstring>

// Where CMake has put the engine.
asm(".section .rodata.engine, \"a\"\n"
    ".balign 8\n"
    "packed_engine: .incbin \"" PACKED_ENGINE "\"\n"
    "packed_engine_end:\n"
    ".previous\n");

extern "C" const char packed_engine[];
extern "C" const char packed_engine_end[];
/// The linker says where this program begins.
extern "C" const char __executable_start[];

namespace troupe {

namespace {

constexpr size_t page = 4096;
constexpr uint32_t lz4_magic = 0x184C2102;
/// What `lz4 -l` makes of a file: blocks of so many bytes that know nothing of
/// each other, each behind its packed size.
constexpr size_t block_size = size_t{8} << 20;

[[noreturn]] void fail(const char* why) {
  auto say = [](const char* text) {
    system_call(SYS_write, 2, text, std::strlen(text));
  };
  say("troupe-runner: cannot unpack itself: ");
  say(why);
  say("\n");
  for (;;)
    system_call(SYS_exit_group, 70);
}

bool failed(long answer) {
  return answer < 0 && answer >= -4095;
}

char* map(const void* at, size_t size, int protection, int flags, int fd,
          size_t offset = 0) {
  auto answer = system_call(SYS_mmap, at, size, protection, flags, fd, offset);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): that is how the kernel tells it.
  return failed(answer) ? nullptr : reinterpret_cast<char*>(answer);
}

uint32_t number_at(const char* at) {
  uint32_t out = 0;
  std::memcpy(&out, at, sizeof out);
  return out;
}

/// The blocks of the engine, one after the other.
struct block_list {
  const char* at = packed_engine + sizeof lz4_magic;

  bool next(const char*& block, size_t& size) {
    if (packed_engine_end - at < 4)
      return false;
    size = number_at(at);
    block = at + 4;
    if (size > static_cast<size_t>(packed_engine_end - block))
      fail("its file is damaged");
    at = block + size;
    return true;
  }
};

/// The engine's file in memory. Its pages belong to a file without a name, so
/// that they may be mapped as code where nobody may make memory executable;
/// where there are no such files, to nobody.
struct image {
  int fd = -1;
  char* at = nullptr;
  size_t room = 0;
  size_t size = 0;
};

int file_without_name(size_t size) {
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

image unpack() {
  const char* block = nullptr;
  size_t packed = 0;
  image out;
  if (packed_engine_end - packed_engine < 8
      || number_at(packed_engine) != lz4_magic)
    fail("its file is damaged");
  for (block_list blocks; blocks.next(block, packed);)
    out.room += block_size;
  out.fd = file_without_name(out.room);
  auto flags = out.fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
  out.at = map(nullptr, out.room, PROT_READ | PROT_WRITE, flags, out.fd);
  if (!out.at)
    fail("there is not enough memory");
  for (block_list blocks; blocks.next(block, packed);) {
    auto n = LZ4_decompress_safe(block, out.at + out.size,
                                 static_cast<int>(packed), block_size);
    if (n <= 0)
      fail("its file is damaged");
    out.size += static_cast<size_t>(n);
  }
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
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the engine says where.
  auto* at = reinterpret_cast<char*>(begin);
  auto offset = part.p_offset & ~(page - 1);
  if (from.fd >= 0
      && map(at, size, protection_of(part), MAP_PRIVATE | MAP_FIXED, from.fd,
             offset))
    return;
  if (!map(at, size, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1))
    fail("there is not enough memory");
  std::memcpy(at, from.at + offset, part.p_offset - offset + part.p_filesz);
  __builtin___clear_cache(at, at + size);
  if (failed(system_call(SYS_mprotect, at, size, protection_of(part))))
    fail("this system lets no memory be executed");
}

/// Where a mapped part begins and ends, on borders of pages.
void load(const image& from, const Elf64_Phdr& part) {
  auto begin = part.p_vaddr & ~(page - 1);
  auto end_of_file = part.p_vaddr + part.p_filesz;
  auto mapped = (end_of_file + page - 1) & ~(page - 1);
  auto end = (part.p_vaddr + part.p_memsz + page - 1) & ~(page - 1);
  if (part.p_offset + part.p_filesz > from.size
      || end > reinterpret_cast<uintptr_t>(__executable_start))
    fail("its file is damaged");
  if (mapped > begin)
    map_part(from, part, begin, mapped - begin);
  // NOLINTBEGIN(performance-no-int-to-ptr): as above.
  if (part.p_memsz > part.p_filesz && mapped > end_of_file)
    std::memset(reinterpret_cast<char*>(end_of_file), 0, mapped - end_of_file);
  if (end > mapped
      && !map(reinterpret_cast<char*>(mapped), end - mapped,
              protection_of(part), MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1))
    fail("there is not enough memory");
  // NOLINTEND(performance-no-int-to-ptr)
}

/// Tells the engine's own start what the kernel would have told it.
void tell(long* stack, uint64_t type, uint64_t value) {
  auto* at = stack + 1 + *stack + 1;
  while (*at++ != 0) // The environment.
    continue;
  for (auto* each = reinterpret_cast<Elf64_auxv_t*>(at);
       each->a_type != AT_NULL; ++each)
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
  asm volatile("" : : "r"(engine_mark.data()));
  auto from = unpack();
  auto out = enter(from, stack);
  system_call(SYS_munmap, from.at, from.room);
  if (from.fd >= 0)
    system_call(SYS_close, from.fd);
  // Pages that nobody looks at again.
  auto begin
    = (reinterpret_cast<uintptr_t>(packed_engine) + page - 1) & ~(page - 1);
  auto end = reinterpret_cast<uintptr_t>(packed_engine_end) & ~(page - 1);
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
