#include "platform/linux/network_routes.hpp"
#include "platform/linux/probes.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

TEST_CASE("processors are counted by packages, cores and threads",
          "[platform][facts][M070]") {
  std::string text;
  for (auto i = 0; i < 8; ++i)
    text += "processor\t: " + std::to_string(i)
            + "\nvendor_id\t: GenuineIntel\nmodel name\t: Fast CPU\n"
              "physical id\t: "
            + std::to_string(i / 4)
            + "\nsiblings\t: 4\ncore id\t\t: 0\ncpu cores\t: 2\n\n";
  auto cpu = parse_cpuinfo(text);
  CHECK(cpu.sockets == 2);
  CHECK(cpu.cores_per_socket == 2);
  CHECK(cpu.threads_per_core == 2);
  CHECK(cpu.virtual_processors == 8);
  REQUIRE(cpu.descriptions.size() == 24);
  CHECK(cpu.descriptions[1] == "GenuineIntel");
}

TEST_CASE("processors without packages count one core each",
          "[platform][facts][M070]") {
  auto cpu
    = parse_cpuinfo("processor : 0\nBogoMIPS : 48.00\n\nprocessor : 1\n");
  CHECK(cpu.sockets == 2);
  CHECK(cpu.virtual_processors == 2);
}

TEST_CASE("memory is read in bytes", "[platform][facts][M070]") {
  auto memory = parse_meminfo("MemTotal:       1024 kB\nMemFree: 512 kB\n"
                              "Cached:  1 kB\nSwapCached: 2 kB\n");
  CHECK(memory.total == uint64_t{1024} * 1024);
  CHECK(memory.free == uint64_t{512} * 1024);
  CHECK(memory.cached == 1024);
  CHECK(memory.swap_cached == 2048);
}

TEST_CASE("os-release is read with its quotes", "[platform][facts][M070]") {
  auto entries = parse_os_release("NAME=\"Some \\\"Linux\\\"\"\n# no\nID=some\n"
                                  "EMPTY=\nSINGLE='x y'\n");
  CHECK(entries["NAME"] == "Some \"Linux\"");
  CHECK(entries["ID"] == "some");
  CHECK(entries["SINGLE"] == "x y");
}

TEST_CASE("the default route is the one with the lowest metric",
          "[platform][facts][M070]") {
  auto route = default_ipv4_route(
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
    "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\n"
    "eth0\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\n"
    "eth0\t0000000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\n");
  REQUIRE(route);
  CHECK(route->interface == "eth0");
  CHECK(route->gateway == "10.0.0.1");
  auto six = default_ipv6_route(
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
    "fd000000000000000000000000000001 00000400 00000001 00000000 00000003 "
    "eth0\n"
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
    "00000000000000000000000000000000 ffffffff 00000001 00000000 00200200 "
    "lo\n");
  REQUIRE(six);
  CHECK(six->interface == "eth0");
  CHECK(six->gateway == "fd00::1");
  CHECK_FALSE(default_ipv4_route("Iface\n"));
}
