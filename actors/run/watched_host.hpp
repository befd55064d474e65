#pragma once

#include "platform/host.hpp"

#include <functional>
#include <string_view>

namespace troupe {

/// A host whose programs tell what they print while they run.
class watched_host final : public forwarding_host {
public:
  /// `on_output` is called on the thread that runs the program.
  watched_host(host& inner, std::function<void(std::string_view)> on_output)
      : forwarding_host{inner}, runner_{inner.processes(), on_output} {
  }

  process_runner& processes() override {
    return runner_;
  }

private:
  class watched_runner final : public process_runner {
  public:
    watched_runner(process_runner& inner,
                   std::function<void(std::string_view)> on_output)
        : inner_{inner}, on_output_{std::move(on_output)} {
    }

    result<process_result> run(const process_spec& spec) override {
      auto watched = spec;
      watched.on_output = [this, &spec](bool is_error, std::string_view piece) {
        on_output_(piece);
        if (spec.on_output)
          spec.on_output(is_error, piece);
      };
      return inner_.run(watched);
    }

    std::string find_program(std::string_view program,
                             const std::vector<std::string>& extra) override {
      return inner_.find_program(program, extra);
    }

    int own_number() override {
      return inner_.own_number();
    }

    bool exists(int number) override {
      return inner_.exists(number);
    }

  private:
    process_runner& inner_;
    std::function<void(std::string_view)> on_output_;
  };

  watched_runner runner_;
};

} // namespace troupe
