#include "config/value/json.hpp"
#include "platform/linux/probes.hpp"
#include "tests/support/places.hpp"
#include "tests/support/simulated.hpp"

using namespace troupe;
using namespace troupe::test;

// The files of other systems lie in tests/facts/trees, what Ansible makes of
// them in tests/facts/expected.json; see tests/facts/expect.py.

TEST_CASE("facts of distributions are those of Ansible for the same files",
          "[modules][setup][M070]") {
  auto expected
    = parse_json(read_file(test::source_path("tests/facts/expected.json")));
  REQUIRE(expected);
  CHECK(expected->as_dict().size() >= 30);
  for (auto& [name, facts] : expected->as_dict()) {
    INFO(name.as_string());
    auto probed = probe_distribution(test::source_path("tests/facts/trees/")
                                     + name.as_string());
    REQUIRE(probed);
    simulated_runner one;
    one.host.machine.distribution_answer = *probed;
    auto out = one.run(
      "setup",
      {{"gather_subset", list{"!all", "!min", "distribution", "lsb"}}});
    out.facts.erase("gather_subset");
    out.facts.erase("module_setup");
    for (auto& [key, wanted] : facts.as_dict()) {
      INFO(key.as_string() << " wanted " << to_display(wanted));
      auto* found = out.facts.find("ansible_" + key.as_string());
      CHECK((found && *found == wanted));
    }
    for (auto& [key, more] : out.facts) {
      INFO(key.as_string() << " is " << to_display(more));
      CHECK(facts.find(key.as_string().substr(8)));
    }
  }
}

TEST_CASE("setup finds names of initiators and volumes",
          "[modules][setup][M070]") {
  simulated_runner one;
  auto without = one.run("setup", {}).facts;
  CHECK(without.find("ansible_iscsi_iqn")->as_string().empty());
  CHECK(without.find("ansible_hostnqn")->as_string().empty());
  CHECK(without.find("ansible_fibre_channel_wwn")->as_list().empty());
  CHECK(without.find("ansible_lvm")->as_string() == "N/A");
  auto& disk = one.host.disk;
  disk.put("/etc/iscsi/initiatorname.iscsi",
           "# InitiatorName=no\nInitiatorName=iqn.2004-10.com.example:01:a\n");
  disk.put("/etc/nvme/hostnqn", "nqn.2014-08.org.example:uuid:1\n");
  disk.put("/sys/class/fc_host/host1/port_name", "0x21000014ff52a9bb\n");
  disk.put("/sys/class/fc_host/host2/port_name", "\n");
  disk.put("/sys/block/dm-3/dm/name", "crypt\n");
  one.host.programs.on("vgs *", program_answer{.out = "  vg0,2,1,0,wz--n-,9.99,"
                                                      "4.00\nbroken\n"});
  one.host.programs.on("lvs *", program_answer{.out = "  root,vg0,-wi-ao----,"
                                                      "5.99,,,,,,\n"});
  one.host.programs.on("pvs *",
                       program_answer{.out = "  /dev/sda1,vg0,lvm2,a--,"
                                             "4.99,0\n  /dev/dm-3,vg0,"
                                             "lvm2,a--,5.00,4.00\n"});
  auto facts = one.run("setup", {}).facts;
  CHECK(facts.find("ansible_iscsi_iqn")->as_string()
        == "iqn.2004-10.com.example:01:a");
  CHECK(facts.find("ansible_hostnqn")->as_string()
        == "nqn.2014-08.org.example:uuid:1");
  CHECK(to_display(*facts.find("ansible_fibre_channel_wwn"))
        == to_display(value{list{"21000014ff52a9bb"}}));
  auto& lvm = *facts.find("ansible_lvm");
  auto& group = *lvm.find("vgs")->find("vg0");
  CHECK(group.find("size_g")->as_string() == "9.99");
  CHECK(group.find("free_g")->as_string() == "4.00");
  CHECK(group.find("num_pvs")->as_string() == "2");
  CHECK(group.find("num_lvs")->as_string() == "1");
  CHECK(lvm.find("lvs")->find("root")->find("vg")->as_string() == "vg0");
  CHECK(lvm.find("pvs")->find("/dev/sda1")->find("free_g")->as_string() == "0");
  CHECK(lvm.find("pvs")->find("/dev/mapper/crypt"));
}
