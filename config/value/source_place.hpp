#pragma once

#include "config/value/text_position.hpp"
#include "config/value/value.hpp"

#include <memory>
#include <string>

namespace troupe {

/// The name of a file that was read, shared by all that came from it.
using source_name = std::shared_ptr<const std::string>;

/// Where a person wrote something: file, line and column. Without a file it is
/// nowhere; without a line it is the file as a whole.
struct source_place {
  source_name file;
  text_position at;

  bool operator==(const source_place& x) const;
};

/// The place of a part of what stands at `whole`: `whole` when it is not known.
inline source_place part_of(const source_place& whole, text_position at) {
  return {whole.file, at.line > 0 ? at : whole.at};
}

/// "site.yml:3:5"; "site.yml" for the file as a whole; empty for nowhere.
std::string to_string(const source_place& place);

/// The place of a value that is part of what stands at `whole`.
inline source_place place_of(const value& x, const source_place& whole) {
  return part_of(whole, x.place());
}

} // namespace troupe
