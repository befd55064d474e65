#pragma once

#include "actors/link/link_pulse.hpp"

#include <deque>
#include <random>
#include <string>
#include <string_view>

namespace troupe::test {

/// What is wrong with a wire.
struct wire_terms {
  std::chrono::milliseconds delay{0};
  /// Up to so much more, each piece another.
  std::chrono::milliseconds jitter{0};
  /// It breaks at a moment between half of this and one and a half; 0: never.
  std::chrono::milliseconds breaks{0};
  /// Before it breaks, what goes to the host is lost for so long: it has sent
  /// what is stored, and does not know it.
  std::chrono::milliseconds deaf{0};
  /// The controller dies as well, with what it has not stored.
  bool forgets = false;
  /// The host dies at a moment between half of this and one and a half after it
  /// was started, and is started again; 0: never. Needs `link_scene::reopen`.
  std::chrono::milliseconds dies{0};
  /// Only one of both ends learns that it broke.
  bool half_open = false;
  /// The first so many break after at most 60 bytes.
  int broken_greetings = 0;
  /// From when until when nothing goes through, and nobody learns it.
  std::chrono::milliseconds dark_from{0};
  std::chrono::milliseconds dark_for{0};
  /// From when until when one byte a second goes through.
  std::chrono::milliseconds slow_from{0};
  std::chrono::milliseconds slow_for{0};
  /// From when until when the controller does not run.
  std::chrono::milliseconds stopped_from{0};
  std::chrono::milliseconds stopped_for{0};
};

/// One direction: bytes that are under way, in pieces of any size.
class one_way {
public:
  /// Takes what there is room for.
  size_t put(std::string_view bytes, link_time now, link_time began,
             const wire_terms& terms, std::mt19937_64& chance) {
    using std::chrono::seconds;
    auto slow_end = began + terms.slow_from + terms.slow_for;
    size_t taken = 0;
    while (taken < bytes.size() && under_way_ < room) {
      auto late = std::chrono::milliseconds{
        chance() % static_cast<uint64_t>(terms.jitter.count() + 1)};
      auto at = std::max(now + terms.delay + late, last_);
      size_t size = 1 + chance() % 400;
      if (terms.slow_for.count() > 0 && at >= began + terms.slow_from
          && at < slow_end) {
        at += seconds{1};
        size = 1;
      }
      // What goes into the dark comes out of it at its end.
      if (terms.dark_for.count() > 0 && at >= began + terms.dark_from)
        at = std::max(at, began + terms.dark_from + terms.dark_for);
      auto piece = bytes.substr(taken, std::min(size, room - under_way_));
      under_way_ += piece.size();
      taken += piece.size();
      last_ = at;
      pieces_.push_back({at, std::string{piece}});
    }
    return taken;
  }

  bool has_room() const {
    return under_way_ < room;
  }

  link_time next() const {
    return pieces_.empty() ? link_time::max() : pieces_.front().at;
  }

  std::string get(link_time now) {
    std::string out;
    while (!pieces_.empty() && pieces_.front().at <= now) {
      out += pieces_.front().bytes;
      under_way_ -= pieces_.front().bytes.size();
      pieces_.pop_front();
    }
    return out;
  }

  void clear() {
    *this = {};
  }

private:
  static constexpr size_t room = 16'384;

  struct piece {
    link_time at;
    std::string bytes;
  };

  std::deque<piece> pieces_;
  size_t under_way_ = 0;
  link_time last_;
};

} // namespace troupe::test
