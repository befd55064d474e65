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

result<void> order_keeper::write(const std::string& path,
                                 const std::string& bytes) {
  // On the disk, its name as well, before anybody acts on it.
  auto durable = machine_.durable();
  auto& files = durable ? durable->files() : machine_.files();
  return files.replace(path, bytes, {.mode = 0600});
}

result<void> order_keeper::take(const std::string& run,
                                const std::string& bytes) {
  if (auto made = make_private_folders(machine_.files(), folder_); !made)
    return made;
  return write(path(run, ".order"), bytes);
}

result<uint64_t> order_keeper::next_part(const std::string& run) {
  uint64_t out = 0;
  auto at = path(run, ".part");
  auto there = machine_.files().status(at, false);
  if (!there)
    return there.why();
  if (*there) {
    auto text = machine_.files().read(at, 64);
    if (!text)
      return text.why();
    auto* end = text->data() + text->size();
    auto [behind, code] = std::from_chars(text->data(), end, out);
    // A part that was used before would be taken for what came then.
    if (code != std::errc{} || behind != end)
      return error{errc::runtime, "'" + at + "' has no number"};
  }
  if (auto ok = write(at, std::to_string(out + 1)); !ok)
    return ok.why();
  return out;
}

result<void> order_keeper::done(const std::string& run) {
  return write(path(run, ".done"), "");
}

bool order_keeper::is_open(const std::string& run) const {
  auto there = machine_.files().status(path(run, ".order"), false);
  auto ended = machine_.files().status(path(run, ".done"), false);
  return there && *there && ended && !*ended;
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
