#pragma once

#include "platform/simulated/account_programs.hpp"
#include "tests/support/simulated.hpp"

namespace troupe::test {

/// A host whose programs change accounts as shadow-utils do.
struct account_host : simulated_runner {
  account_host() {
    install_account_programs(host);
    host.disk.put("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
                                 "app:x:1000:1000:App:/home/app:/bin/sh\n");
    host.disk.put("/etc/group", "root:x:0:\napp:x:1000:\nadm:x:4:app\n"
                                "www:x:33:\n");
    host.disk.put("/etc/shadow", "root:*:19000:0:99999:7:::\n"
                                 "app:!$6$x$y:19000:0:99999:7::20000:\n");
    host.people.users = {{"root", 0, 0, "root", "/root", "/bin/sh"},
                         {"app", 1000, 1000, "App", "/home/app", "/bin/sh"}};
    host.people.groups = {
      {"root", 0, {}}, {"app", 1000, {}}, {"adm", 4, {"app"}}, {"www", 33, {}}};
    host.disk.put_folder("/home/app");
  }

  std::string file(const std::string& path) {
    auto text = host.disk.read(path, size_t{1} << 20);
    return text ? *text : "(absent)";
  }

  bool holds(const std::string& path, std::string_view part) {
    return file(path).find(part) != std::string::npos;
  }
};

} // namespace troupe::test
