// Any text may be an inventory in INI or YAML, a pattern, or encrypted: what is
// read holds together, and what is wrong has a place in the text.

#include "config/inventory/host_pattern.hpp"
#include "config/inventory/inventory_readers.hpp"
#include "config/inventory/vars_file.hpp"
#include "config/vault/vault_text.hpp"
#include "tests/fuzz/fuzz_file.hpp"

#include <cstddef>
#include <cstdint>

namespace {

using namespace troupe;
using fuzz::must;

void check_groups(inventory_data& read) {
  if (!read.settle())
    return;
  for (size_t i = 0; i < read.groups().size(); ++i) {
    auto& group = read.groups()[i];
    for (auto child : group.children)
      must(read.groups()[child].depth > group.depth);
    must(read.find_group(group.name) == i);
  }
  must(read.hosts_of(inventory_data::all).size() == read.hosts().size());
  for (size_t i = 0; i < read.hosts().size() && i < 100; ++i)
    must(read.groups_of(i).size() >= 2);
}

void check_ini(std::string_view text) {
  problems found;
  input_file file{std::make_shared<std::string>("fuzz"), found};
  inventory_data read;
  read_ini_inventory(text, file, read);
  for (auto& each : found)
    must(each.place.at.line <= fuzz::lines_in(text));
  check_groups(read);
}

void check_yaml(std::string_view text) {
  auto document = read_vars_document(text, "fuzz", {nullptr, true});
  if (!document)
    return;
  problems found;
  input_file file{std::make_shared<std::string>("fuzz"), found};
  inventory_data read;
  std::vector<std::string> warnings;
  read_yaml_inventory(*document, file, read, warnings);
  check_groups(read);
}

void check_pattern(std::string_view text) {
  inventory_data some;
  must(static_cast<bool>(read_host_list("web1,web2:22,::1", some)));
  must(static_cast<bool>(some.settle()));
  host_search search{some};
  auto found = search.find(split_patterns(text));
  must(!found || found->size() <= 4);
}

void check_vault(std::string_view text) {
  auto parsed = parse_vault_text(text, "fuzz");
  if (!parsed)
    return;
  must(parsed->digest.size() == 32 && parsed->cipher.size() % 16 == 0);
  auto again = parse_vault_text(to_text(*parsed), "fuzz");
  must(again && again->cipher == parsed->cipher && again->salt == parsed->salt);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 8192)
    return 0;
  std::string_view text{reinterpret_cast<const char*>(data), size};
  check_ini(text);
  check_yaml(text);
  if (size < 200)
    check_pattern(text);
  check_vault(text);
  return 0;
}
