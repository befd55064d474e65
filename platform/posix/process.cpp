#include "platform/posix/process.hpp"

#include "platform/input.hpp"
#include "platform/posix/execution.hpp"
#include "platform/posix/process_tree.hpp"
#include "platform/posix/spawn.hpp"
#include "platform/posix/task_guard.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace troupe {

namespace {

class posix_processes final : public process_runner {
public:
  result<process_result> run(const process_spec& spec) override {
    guarded_call call{guard_};
    auto start = std::chrono::system_clock::now();
    auto steady_start = std::chrono::steady_clock::now();
    auto out = run_to_end(spec, {::getpid(), call.number()});
    if (!out)
      return out;
    out->start = start;
    out->duration = std::chrono::steady_clock::now() - steady_start;
    return out;
  }

  std::string find_program(std::string_view program,
                           const std::vector<std::string>& extra) override {
    auto usable = [](const std::string& path) {
      return ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0;
    };
    if (program.find('/') != std::string_view::npos)
      return usable(std::string{program}) ? std::string{program} : "";
    for (auto& path : candidates(program, search_path_of({})))
      if (usable(path))
        return path;
    for (auto& folder : extra)
      if (auto path = folder + '/' + std::string{program}; usable(path))
        return path;
    return {};
  }

  int own_number() override {
    return process_id();
  }

  bool exists(int number) override {
    return process_exists(number);
  }

private:
  task_guard guard_;
};

} // namespace

std::unique_ptr<process_runner> make_posix_processes() {
  return std::make_unique<posix_processes>();
}

} // namespace troupe
