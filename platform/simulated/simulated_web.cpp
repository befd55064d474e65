#include "platform/simulated/simulated_host.hpp"

#include <algorithm>

namespace troupe {

result<http_answer> simulated_network::exchange(const http_request& request) {
  asked.push_back(request);
  auto found = std::find_if(pages.begin(), pages.end(), [&](const page& x) {
    return x.target == request.target
           && (x.method.empty() || x.method == request.method);
  });
  if (found == pages.end())
    return error{errc::network, "connect: Connection refused"};
  auto patience = later(clock_.steady_now(), request.patience);
  auto comes = later(clock_.steady_now(), found->after);
  auto limit = request.limit.at_most(patience);
  if (!clock_.sleep_until(limit.at_most(comes).until, limit.stop))
    return error{errc::cancelled, "cancelled while waiting for the network"};
  if (comes > limit.until)
    return error{errc::timeout, "the other side took too long"};
  http_answer out{found->head, found->body};
  if (request.method == "HEAD")
    out.body.clear();
  auto use = request.use ? request.use(out.head) : body_use::keep;
  if (use == body_use::keep && out.body.size() > request.keep_at_most)
    return error{errc::exhausted, "the body of the answer is too long"};
  if (use == body_use::save) {
    if (auto saved
        = files_.replace(request.save_as, out.body, {.mode = 0600}, {});
        !saved)
      return saved.why();
    out.saved = true;
  }
  if (use != body_use::keep)
    out.body.clear();
  return out;
}

} // namespace troupe
