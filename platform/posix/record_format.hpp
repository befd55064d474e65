#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace troupe {

// How the records of a `record_log` look in its file.

/// What the file begins with.
inline constexpr std::string_view record_log_mark = "troupe log 1\n";

/// Length and checksum.
inline constexpr size_t record_head_size = 8;

/// What stands before a payload: head and type.
using record_head = std::array<char, record_head_size + 1>;

record_head head_of_record(uint8_t type, std::string_view payload);

/// A number of a record, least byte first.
uint32_t record_number_at(std::string_view bytes, size_t at);

/// The checksum that a record with this content has.
uint32_t record_checksum(uint8_t type, std::string_view payload);

/// The size of the sound record that starts at `at`; 0 when there is none.
size_t sound_record_at(std::string_view bytes, size_t at);

/// Where the next sound record after a damaged one starts; npos: nowhere.
size_t next_sound_record(std::string_view bytes, size_t from);

} // namespace troupe
