#pragma once

#include "actors/run/task_result.hpp"
#include "platform/result.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace troupe {

/// The format of a journal's records, in the record it begins with; one that
/// has none is of version 1. A newer one is refused.
constexpr uint64_t journal_version = 7;

/// What stands for a value in journals, whatever its place in an enum. Numbers
/// are never used again for something else; docs/formats.md lists them.
template <class Enum>
struct numbered {
  Enum what;
  uint64_t number;
};

template <class Enum>
numbered(Enum, uint64_t) -> numbered<Enum>;

inline constexpr std::array status_numbers{
  numbered{task_status::pending, 0},   numbered{task_status::running, 1},
  numbered{task_status::success, 2},   numbered{task_status::failed, 3},
  numbered{task_status::skipped, 4},   numbered{task_status::timeout, 5},
  numbered{task_status::cancelled, 6},
};

inline constexpr std::array skip_numbers{
  numbered{skip_reason::none, 0},       numbered{skip_reason::condition, 1},
  numbered{skip_reason::tags, 2},       numbered{skip_reason::dependency, 3},
  numbered{skip_reason::module, 4},     numbered{skip_reason::play_ended, 5},
  numbered{skip_reason::not_needed, 6}, numbered{skip_reason::elsewhere, 7},
};

/// 0 stands for no error.
inline constexpr std::array error_numbers{
  numbered{errc::invalid_plan, 1},      numbered{errc::invalid_argument, 2},
  numbered{errc::missing_argument, 3},  numbered{errc::not_found, 4},
  numbered{errc::permission_denied, 5}, numbered{errc::command_failed, 6},
  numbered{errc::unsupported, 7},       numbered{errc::network, 8},
  numbered{errc::timeout, 9},           numbered{errc::cancelled, 10},
  numbered{errc::exhausted, 11},        numbered{errc::undefined, 12},
  numbered{errc::syntax, 13},           numbered{errc::type, 14},
  numbered{errc::filter, 15},           numbered{errc::lookup, 16},
  numbered{errc::recursion, 17},        numbered{errc::runtime, 18},
  numbered{errc::system, 19},
};

template <class Table, class Enum>
constexpr uint64_t number_of(const Table& table, Enum what) {
  for (auto& each : table)
    if (each.what == what)
      return each.number;
  return 0;
}

/// Nothing for a number that no version has written.
template <class Table>
constexpr auto named_by(const Table& table, uint64_t number)
  -> std::optional<decltype(table[0].what)> {
  for (auto& each : table)
    if (each.number == number)
      return each.what;
  return std::nullopt;
}

} // namespace troupe
