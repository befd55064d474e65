#include "modules/support/files/path_turn.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace troupe {

namespace {

/// Who changes which file now; only paths that are being changed are in it.
class turn_table {
public:
  /// False when another thread has it after a moment as well.
  bool take(const std::string& path) {
    constexpr std::chrono::milliseconds moment{50};
    auto self = std::this_thread::get_id();
    std::unique_lock guard{lock_};
    auto is_free = [&] {
      auto found = owners_.find(path);
      return found == owners_.end() || found->second.thread == self;
    };
    if (!given_back_.wait_for(guard, moment, is_free))
      return false;
    auto& owner = owners_[path];
    owner.thread = self;
    ++owner.times;
    return true;
  }

  void give_back(const std::string& path) {
    {
      std::lock_guard guard{lock_};
      auto found = owners_.find(path);
      if (--found->second.times > 0)
        return;
      owners_.erase(found);
    }
    given_back_.notify_all();
  }

private:
  struct turn_owner {
    std::thread::id thread;
    size_t times = 0;
  };

  std::mutex lock_;
  std::condition_variable given_back_;
  std::map<std::string, turn_owner> owners_;
};

} // namespace

result<std::shared_ptr<void>> take_turn(const std::string& path,
                                        const module_context& ctx) {
  static turn_table table;
  while (!table.take(path))
    if (!ctx.wait({}))
      return ctx.must_end();
  return std::shared_ptr<void>{
    nullptr, [path](std::nullptr_t) { table.give_back(path); }};
}

} // namespace troupe
