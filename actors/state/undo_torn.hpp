#pragma once

#include "platform/files.hpp"

#include <cstdint>
#include <string>

namespace troupe {

/// Who writes into a file where it is.
enum class in_place_writer : uint8_t { run, undo };

/// Notes, beside what is kept of a file (`kept`), that the file which is `now`
/// there is about to be written over where it is: should that be cut off, what
/// it has left is nobody's work. `length`: of the content that comes, in bytes.
/// Must succeed before the first byte is written.
result<void> note_in_place(file_system& files, const std::string& kept,
                           in_place_writer who, const file_status& now,
                           uint64_t length);

/// All of it has been written, or nothing.
void forget_in_place(file_system& files, const std::string& kept);

/// Whether what is `now` there may be what such a write has left half done: it
/// is noted, and the file has a length that it could have come to. `who` wrote.
bool is_torn(file_system& files, const std::string& kept, in_place_writer who,
             const file_status& now);

/// The name of what is kept to which a name in the folder of an undo log
/// belongs: that itself, unless it is such a note.
std::string kept_name_of(const std::string& name);

} // namespace troupe
