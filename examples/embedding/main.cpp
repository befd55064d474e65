// A program with the engine inside: it registers a module of its own, runs a
// plan and looks at the results. Linked with `troupe::engine`.

#include "actors/engine.hpp"

#include <iostream>
#include <sstream>

using namespace troupe;

namespace {

/// Counts the words of a text.
class count_words final : public task_module {
public:
  const module_spec& spec() const override {
    static const module_spec instance{
      .name = "count_words",
      .summary = "Counts the words of a text.",
      .arguments = {{.name = "text", .summary = "The text.", .required = true}},
      .pure = true,
    };
    return instance;
  }

  module_result run(const arguments& args,
                    const module_context&) const override {
    std::istringstream words{args.text("text")};
    int64_t count = 0;
    for (std::string word; words >> word;)
      ++count;
    module_result out;
    out.data.set("count", count);
    return out;
  }
};

/// Prints how each task ended, while the run goes on.
class narrator final : public event_writer {
public:
  void on(const run_event& event) override {
    if (auto* ended = event.as<task_ended>())
      std::cout << ended->result->name << ": "
                << to_string(ended->result->status) << "\n";
  }
};

/// A plan, a play, a batch or a list of tasks: all are texts of the plan
/// format. Answers 0 when every task ended well.
int run_text(std::string_view text, const module_registry& modules) {
  auto plan
    = prepare(text, "<embedded>", run_request{}, make_real_host(), modules);
  if (!plan) {
    std::cerr << plan.why().message << "\n";
    return 4;
  }
  auto outcome = execute(*plan, {std::make_shared<narrator>()});
  std::cout << outcome.sentence << "\n";
  return outcome.well() ? 0 : 2;
}

} // namespace

int main() {
  auto modules = builtin_modules();
  modules.add(std::make_shared<count_words>());
  return run_text(R"({"name": "embedded", "tasks": [
      {"id": "words", "name": "count", "count_words": {"text": "one two three"},
       "register": "words"},
      {"id": "check", "name": "check", "assert": {"that": "words.count == 3"},
       "dependencies": ["words"]}]})",
                  modules);
}
