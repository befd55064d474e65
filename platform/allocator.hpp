#pragma once

namespace troupe {

/// Blocks of a megabyte and more go back to the system as soon as they are
/// freed, in the whole process and from now on. Without this the C library
/// keeps them for later when it has seen some of that size come and go.
void give_back_large_blocks();

/// To be called before the first thread is there. Where the address space of
/// the process is limited (RLIMIT_AS, `ulimit -v`), its threads share one pool
/// of memory: each of its own would reserve 64 to 128 MiB, and what remains of
/// a limit that is large enough in itself would be too little.
void share_memory_where_limited();

} // namespace troupe
