#pragma once

#include "modules/module.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// The fields of a paragraph of dpkg's or apt's files.
using control_fields = std::map<std::string, std::string, std::less<>>;

/// Reads a paragraph whose names end with `mark`; lines that continue one are
/// joined by two blanks.
control_fields parse_paragraph(std::string_view text,
                               std::string_view mark = ":");

/// The text of a field; empty when there is none.
std::string field_of(const control_fields& from, std::string_view name);

/// In check mode: dpkg's file would say that `wanted` is selected for the first
/// package that `is` the one.
void note_selection(const module_context& ctx,
                    const std::function<bool(const control_fields&)>& is,
                    std::string_view wanted);

/// dpkg's own file. Nothing when it cannot be read, is longer than 256 MiB, or
/// dpkg was ended while it wrote, so that not all is in there.
std::optional<std::string> read_dpkg_status(const module_context& ctx);

/// Calls `each` with the paragraphs of dpkg's own file, which every tool of
/// Debian reads, until it answers false. An error when it cannot be read or is
/// longer than 256 MiB.
result<void>
for_each_package(const module_context& ctx,
                 const std::function<bool(const control_fields&)>& each);

} // namespace troupe
