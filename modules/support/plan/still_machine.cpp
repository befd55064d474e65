#include "modules/support/plan/still_machine.hpp"

#include "platform/network.hpp"
#include "platform/process.hpp"

namespace troupe {

namespace {

error not_now(const char* what) {
  return {errc::unsupported,
          std::string{what} + " before the plan runs: it is only looked at"};
}

class no_programs final : public process_runner {
public:
  explicit no_programs(process_runner& known) : known_{known} {
  }

  result<process_result> run(const process_spec&) override {
    return not_now("no program is started");
  }

  std::string find_program(std::string_view program,
                           const std::vector<std::string>& extra) override {
    return known_.find_program(program, extra);
  }

  int own_number() override {
    return known_.own_number();
  }

  bool exists(int number) override {
    return known_.exists(number);
  }

private:
  process_runner& known_;
};

class no_network final : public network_access {
public:
  std::vector<std::string> addresses(const std::string&,
                                     const wait_limit&) override {
    return {};
  }

  bool connects(const std::string&, uint16_t, const wait_limit&) override {
    return false;
  }

  bool reads_until(const std::string&, uint16_t, const wait_limit&,
                   const wait_limit&,
                   const std::function<bool(std::string_view)>&) override {
    return false;
  }

  result<http_answer> exchange(const http_request&) override {
    return not_now("nothing is fetched");
  }

  result<std::vector<tcp_connection>> connections() override {
    return not_now("connections are not listed");
  }
};

} // namespace

still_machine::still_machine(host& machine)
    : forwarding_host{machine}, predicted_{machine, changes_, {}},
      processes_{std::make_unique<no_programs>(machine.processes())},
      network_{std::make_unique<no_network>()} {
}

file_system& still_machine::files() {
  return predicted_.files();
}

process_runner& still_machine::processes() {
  return *processes_;
}

network_access& still_machine::network() {
  return *network_;
}

} // namespace troupe
