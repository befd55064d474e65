#include "actors/fleet/order_keeper.hpp"

#include "config/fleet/fleet_names.hpp"

#include <charconv>

namespace troupe {

namespace {

constexpr std::string_view order_ending = ".order";

} // namespace

bool order_keeper::knows(const std::string& run) const {
  auto there = machine_.files().status(path(run, ".order"), false);
  // What nobody can know is taken for done.
  return !there || there->has_value();
}

result<void> order_keeper::take(const std::string& run,
                                const std::string& bytes) {
  auto& files = machine_.files();
  if (auto made = make_private_folders(files, folder_); !made)
    return made;
  auto durable = machine_.durable();
  auto& safe = durable ? durable->files() : files;
  return safe.replace(path(run, ".order"), bytes, {.mode = 0600});
}

result<uint64_t> order_keeper::next_part(const std::string& run) {
  auto& files = machine_.files();
  uint64_t out = 0;
  auto at = path(run, ".part");
  if (auto text = files.read(at, 64))
    std::from_chars(text->data(), text->data() + text->size(), out);
  if (auto ok = files.replace(at, std::to_string(out + 1), {.mode = 0600}); !ok)
    return ok.why();
  return out;
}

result<void> order_keeper::done(const std::string& run) {
  return machine_.files().replace(path(run, ".done"), "", {.mode = 0600});
}

std::vector<fleet_order> order_keeper::open_orders() {
  auto& files = machine_.files();
  std::vector<fleet_order> out;
  auto names = files.list(folder_);
  if (!names)
    return out;
  for (auto& name : *names) {
    if (!name.ends_with(order_ending))
      continue;
    auto run = name.substr(0, name.size() - order_ending.size());
    auto bytes = files.read(folder_ + "/" + name, order_most);
    auto order = bytes ? read_order(*bytes) : bytes.why();
    auto ended = files.status(path(run, ".done"), false);
    bool is_done = !order || !ended || ended->has_value();
    if (!is_done)
      out.push_back(std::move(*order));
    else if (order && order->expires < machine_.clock().now())
      // The order first: without the others it would be begun again.
      for (auto* what : {".order", ".part", ".done"})
        static_cast<void>(files.remove(path(run, what)));
  }
  return out;
}

} // namespace troupe
