#pragma once

#include "actors/cli/picture.hpp"

#include <map>

namespace troupe {

/// A rectangle, in pixels from the upper left corner.
struct picture_area {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;

  double middle() const {
    return x + width / 2;
  }
};

/// Where everything in a picture stands.
struct picture_layout {
  std::vector<picture_area> tasks;
  std::vector<picture_area> boxes;
  /// For each of `picture::said`: the points between its ends that keep it out
  /// of the way of what stands there.
  std::vector<std::vector<picture_area>> detours;
  double width = 0;
  double height = 0;

  const picture_area& at(const picture_part& x) const {
    return x.is_box ? boxes[x.index] : tasks[x.index];
  }
};

/// Puts what follows something below it: the children of a sequence one below
/// the other, those of a graph in layers, what waits for nothing first.
/// Handlers stand at the right of their play.
picture_layout layout_of(const picture& p);

} // namespace troupe
