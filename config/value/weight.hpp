#pragma once

#include "config/value/value_type.hpp"

#include <cstdint>

namespace troupe {

/// Texts no longer than this are counted with what holds them: there are many,
/// and most are gone at once.
constexpr size_t short_text = 1024;

/// About how many bytes `x` keeps in memory: what it holds and no other value
/// does. Nothing when another value holds all of it.
uint64_t weight(const value& x);

} // namespace troupe
