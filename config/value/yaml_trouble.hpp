#pragma once

#include "config/value/text_position.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// What the parser of YAML found wrong.
struct yaml_trouble {
  /// Its own words for it, which are a fixed set; and what it was reading.
  std::string_view problem;
  std::string_view context;
  text_position at;
  /// Where what it was reading began; line 0: that is not known.
  text_position began;
};

/// The same for a person: what was found, what was expected and what to write.
struct explained_trouble {
  std::string message;
  text_position at;
};

/// Looks into `text`, the document as a whole.
explained_trouble explain_yaml(std::string_view text,
                               const yaml_trouble& trouble);

} // namespace troupe
