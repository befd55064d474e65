#pragma once

#include <vector>

namespace troupe {

/// Locks that the watchdog of this process keeps as well: when this process is
/// killed they are held until what it had started has ended.
void keep_lock(int fd);

/// Before it is closed.
void forget_lock(int fd);

/// In ascending order.
std::vector<int> kept_locks();

/// In a process that forked: moves these descriptors to 1, 2, 3 and so on. They
/// have to be in ascending order and greater than 0.
void move_locks(const std::vector<int>& locks);

} // namespace troupe
