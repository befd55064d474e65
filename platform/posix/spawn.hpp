#pragma once

#include "platform/posix/process_tree.hpp"
#include "platform/process.hpp"
#include "platform/result.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace troupe {

/// A file descriptor that closes itself.
class descriptor {
public:
  descriptor() = default;

  explicit descriptor(int fd) : fd_{fd} {
  }

  descriptor(descriptor&& other) noexcept : fd_{other.release()} {
  }

  descriptor& operator=(descriptor&& other) noexcept {
    reset(other.release());
    return *this;
  }

  ~descriptor() {
    reset();
  }

  int get() const {
    return fd_;
  }

  explicit operator bool() const {
    return fd_ >= 0;
  }

  int release() {
    auto fd = fd_;
    fd_ = -1;
    return fd;
  }

  void reset(int fd = -1);

private:
  int fd_ = -1;
};

/// A child and our ends of its streams.
struct spawned_child {
  pid_t pid = -1;
  /// Ours to write; empty when the child reads /dev/null.
  descriptor in;
  descriptor out;
  descriptor err;
};

/// Starts the program of `spec` in a process group of its own, away from our
/// terminal if there is one, with all signals at their defaults and nothing but
/// its three streams open. The whole tree inherits `mark`. An error names the
/// program and why it did not start.
result<spawned_child> spawn_child(const process_spec& spec,
                                  const task_mark& mark);

/// The value of PATH that `spec` gives its program.
std::string search_path_of(const process_spec& spec);

/// `program` in each folder of the PATH `folders`, in order.
std::vector<std::string> candidates(std::string_view program,
                                    std::string_view folders);

} // namespace troupe
