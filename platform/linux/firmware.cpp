#include "platform/linux/probes.hpp"
#include "platform/linux/proc_file.hpp"

namespace troupe {

namespace {

constexpr const char* names[]
  = {"bios_date",         "bios_vendor",    "bios_version",   "board_asset_tag",
     "board_name",        "board_serial",   "board_vendor",   "board_version",
     "chassis_asset_tag", "chassis_serial", "chassis_type",   "chassis_vendor",
     "chassis_version",   "product_name",   "product_serial", "product_uuid",
     "product_version",   "sys_vendor"};

} // namespace

result<std::map<std::string, std::string>> probe_firmware() {
  std::map<std::string, std::string> out;
  // Machines without these tables (many virtual ones, ARM boards) have no
  // such folder; that is not a failure.
  for (auto name : names)
    if (auto text = read_proc_line(std::string{"/sys/class/dmi/id/"} + name);
        !text.empty())
      out[name] = text;
  return out;
}

} // namespace troupe
