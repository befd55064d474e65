#pragma once

namespace troupe {

/// Blocks of a megabyte and more go back to the system as soon as they are
/// freed, in the whole process and from now on. Without this the C library
/// keeps them for later when it has seen some of that size come and go.
void give_back_large_blocks();

} // namespace troupe
