#include "platform/simulated/simulated_files.hpp"

#include <fmt/format.h>

namespace troupe {

// Setting the scene, and looking at it.

void simulated_files::fail(std::string operation, std::string prefix,
                           int number) {
  std::lock_guard guard{lock_};
  faults_.push_back({std::move(operation), std::move(prefix), number});
}

int simulated_files::fault_for(const char* operation,
                               const std::string& path) const {
  for (auto& one : faults_)
    if (one.operation == operation && path.starts_with(one.prefix))
      return one.number;
  return fate_ ? fate_(operation, path) : 0;
}

void simulated_files::befall(
  std::function<int(std::string_view, const std::string&)> fault) {
  std::lock_guard guard{lock_};
  fate_ = std::move(fault);
}

std::string simulated_files::snapshot() {
  std::lock_guard guard{lock_};
  std::string out;
  each_below("", [&](auto& path, auto& one) {
    auto& s = one.status;
    out += fmt::format("{} {} {:04o} {}:{} {} {} {} {}\n", path,
                       static_cast<int>(s.kind), s.mode, s.uid, s.gid, s.inode,
                       s.modified, one.flags, one.bytes);
  });
  return out;
}

void simulated_files::begin_with(simulated_files& scene) {
  std::scoped_lock guard{lock_, scene.lock_};
  if (!scene.nodes_.empty()) {
    auto all = std::make_shared<node_map>();
    scene.each_below("", [&](auto& path, auto& one) {
      (*all)[path] = std::make_shared<node>(one);
    });
    scene.base_ = std::move(all);
    scene.nodes_.clear();
  }
  base_ = scene.base_;
  nodes_.clear();
  next_inode_ = scene.next_inode_;
}

} // namespace troupe
