#include "actors/fleet/fleet_status.hpp"

#include <array>

namespace troupe {

namespace {

struct status_row {
  fleet_status status;
  std::string_view word;
  bool settled;
};

// In the order of the enum.
constexpr std::array<status_row, 12> status_rows{{
  {fleet_status::receiving, "receiving", false},
  {fleet_status::waiting, "waiting", false},
  {fleet_status::offered, "offered", false},
  {fleet_status::running, "running", false},
  {fleet_status::cancelling, "cancelling", false},
  {fleet_status::ok, "ok", true},
  {fleet_status::failed, "failed", true},
  {fleet_status::declined, "declined", true},
  {fleet_status::absent, "absent", true},
  {fleet_status::lost, "lost", true},
  {fleet_status::cancelled, "cancelled", true},
  {fleet_status::left_out, "left_out", true},
}};

} // namespace

std::string to_string(fleet_status x) {
  return std::string{status_rows[static_cast<size_t>(x)].word};
}

std::optional<fleet_status> fleet_status_named(std::string_view word) {
  for (auto& each : status_rows)
    if (each.word == word)
      return each.status;
  return std::nullopt;
}

bool is_settled(fleet_status x) {
  return status_rows[static_cast<size_t>(x)].settled;
}

bool is_settled_word(std::string_view word) {
  auto found = fleet_status_named(word);
  return found && is_settled(*found);
}

std::vector<fleet_status> fleet_statuses(bool settled) {
  std::vector<fleet_status> out;
  for (auto& each : status_rows)
    if (each.settled == settled)
      out.push_back(each.status);
  return out;
}

} // namespace troupe
