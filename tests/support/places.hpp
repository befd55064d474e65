#pragma once

#include <string>
#include <string_view>

namespace troupe::test {

/// A file or folder of this project's sources, by its path inside them. Asked
/// for, not written into each test: those that name no folder are compiled
/// together, and once for every checkout.
std::string source_path(std::string_view inside = {});

/// The same in the folder in which this project was built.
std::string built_path(std::string_view inside = {});

} // namespace troupe::test
