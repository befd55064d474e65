#pragma once

#include "actors/run/task_result.hpp"
#include "config/plan/plan.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// What stands in a picture: a task or a box.
struct picture_part {
  bool is_box = false;
  /// Which one of its kind.
  size_t index = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): what the compiler makes of it.
  auto operator<=>(const picture_part&) const = default;
};

/// How one thing leads to another.
enum class link_kind : uint8_t { order, dependency, failure, notice };

struct picture_link {
  picture_part from;
  picture_part to;
  link_kind kind = link_kind::order;
  /// Both ends are tasks of the critical path, one after the other.
  bool critical = false;
};

struct picture_task {
  std::string id;
  std::string name;
  std::string module;
  source_place place;
  size_t play = 0;
  size_t box = 0;
  /// How it ended in a run; null: no run, or it did not get there.
  result_ptr ended;
  bool critical = false;

  /// Unique in the picture.
  std::string key() const {
    return std::to_string(play) + "/" + id;
  }
};

struct picture_box {
  enum class role : uint8_t { play, block, rescue, always, handlers };

  std::string id;
  std::string name;
  role what = role::block;
  size_t play = 0;
  /// Absent for plays.
  std::optional<size_t> around;
  block_order order = block_order::sequence;
  /// As the plan has them; `rescue`, `always` and `handlers` come last.
  std::vector<picture_part> inside;
};

/// A plan as `troupe graph` draws it.
struct picture {
  std::string name;
  std::vector<picture_task> tasks;
  std::vector<picture_box> boxes;
  /// Dependencies and notices as the plan says them.
  std::vector<picture_link> said;
  /// The same and the order of the plan, from task to task.
  std::vector<picture_link> steps;
  /// Of the critical path: how long its tasks took. Absent without a run.
  std::optional<std::chrono::nanoseconds> critical_time;
};

picture picture_of(const plan& p);

/// The one inside a box that something is, or is in; nothing when it is
/// elsewhere.
std::optional<picture_part> child_of(const picture& p, size_t box,
                                     picture_part x);

/// Adds how tasks ended in a run, and marks the chain of tasks that each waited
/// for the one before it, up to the one that ended last.
void add_run(picture& to, const std::vector<result_ptr>& results);

/// How a task ended, in one word: "ok", "changed", "failed", "ignored",
/// "skipped"; empty when nobody knows.
std::string state_of(const picture_task& t);

std::string to_dot(const picture& p);
std::string to_mermaid(const picture& p);
std::string to_svg(const picture& p);

} // namespace troupe
