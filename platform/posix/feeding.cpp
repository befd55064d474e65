#include "platform/posix/feeding.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace troupe {

feeding::feeding(std::shared_ptr<process_feed> from) : from_{std::move(from)} {
  if (!from_)
    return;
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    // Without descriptors nothing can be said to the program.
    from_->shut();
    return;
  }
  woken_.reset(ends[0]);
  waker_.reset(ends[1]);
  from_->attend(this);
}

feeding::~feeding() {
  if (from_)
    from_->shut();
}

void feeding::wake() {
  // When the pipe is full, it polls readable already.
  [[maybe_unused]] auto n = ::write(waker_.get(), "", 1);
}

void feeding::end(descriptor& to) {
  to.reset();
  from_->shut();
  piece_ = {};
  done_ = 0;
}

void feeding::go_on(descriptor& to, bool is_closed) {
  if (!from_ || !to)
    return;
  std::array<char, 256> drained;
  while (woken_ && ::read(woken_.get(), drained.data(), drained.size()) > 0)
    continue;
  if (is_closed || !woken_)
    return end(to);
  for (;;) {
    if (!has_more()) {
      if (piece_.last)
        return end(to);
      piece_ = from_->take();
      done_ = 0;
      if (piece_.bytes.empty() && !piece_.last)
        return;
      continue;
    }
    auto n = ::write(to.get(), piece_.bytes.data() + done_,
                     piece_.bytes.size() - done_);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN)
      return;
    if (n < 0)
      return end(to);
    done_ += static_cast<size_t>(n);
  }
}

} // namespace troupe
