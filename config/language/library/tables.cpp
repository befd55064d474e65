#include "config/language/library/tables.hpp"

#include <algorithm>
#include <initializer_list>
#include <unordered_map>
#include <unordered_set>

namespace troupe {

namespace {

template <class Row>
using row_map = std::unordered_map<std::string_view, const Row*>;

template <class Row>
row_map<Row> gather(std::initializer_list<std::span<const Row>> tables) {
  row_map<Row> out;
  for (auto& table : tables)
    for (auto& row : table)
      out.emplace(row.name, &row);
  return out;
}

const row_map<filter_row>& filters() {
  static const auto rows = gather<filter_row>(
    {text_filters(), number_filters(), list_filters(), select_filters(),
     set_filters(), dict_filters(), serial_filters(), path_filters(),
     regex_filters(), digest_filters(), vault_filters(), time_filters(),
     value_filters()});
  return rows;
}

const row_map<test_row>& tests() {
  static const auto rows
    = gather<test_row>({value_tests(), result_tests(), file_tests(),
                        text_tests(), number_tests()});
  return rows;
}

const row_map<lookup_row>& lookups() {
  static const auto rows
    = gather<lookup_row>({file_lookups(), table_lookups(), template_lookups(),
                          program_lookups(), password_lookups(), list_lookups(),
                          value_lookups(), config_lookups(), web_lookups()});
  return rows;
}

template <class Row>
const Row* find_row(const row_map<Row>& rows, std::string_view name) {
  for (std::string_view prefix : {"ansible.builtin.", "ansible.legacy."})
    if (name.starts_with(prefix)) {
      name.remove_prefix(prefix.size());
      break;
    }
  auto i = rows.find(name);
  return i == rows.end() ? nullptr : i->second;
}

template <class Row>
std::vector<std::string> names_of(const row_map<Row>& rows) {
  std::vector<std::string> out;
  for (auto& [name, row] : rows)
    out.emplace_back(name);
  std::sort(out.begin(), out.end());
  return out;
}

template <class Row>
const signature&
remembered(const std::unordered_map<const Row*, signature>& all,
           const Row& row) {
  return all.at(&row);
}

template <class Row>
std::unordered_map<const Row*, signature> signatures(const row_map<Row>& rows) {
  std::unordered_map<const Row*, signature> out;
  for (auto& [name, row] : rows)
    out.emplace(row, signature{row->parameters});
  return out;
}

std::unordered_map<const method_row*, signature> method_signatures() {
  std::unordered_map<const method_row*, signature> out;
  for (auto& table : {text_methods(), text_is_methods(), list_methods(),
                      dict_methods(), integer_methods(), real_methods()})
    for (auto& row : table)
      out.emplace(&row, signature{row.parameters});
  return out;
}

} // namespace

const filter_row* find_filter(std::string_view name) {
  return find_row(filters(), name);
}

const test_row* find_test(std::string_view name) {
  return find_row(tests(), name);
}

const lookup_row* find_lookup(std::string_view name) {
  return find_row(lookups(), name);
}

bool is_dict_attribute(std::string_view name) {
  static const auto methods = gather<method_row>({dict_methods()});
  return name == "__class__" || methods.contains(name);
}

bool is_changing_method(std::string_view name) {
  static const auto names = [] {
    std::unordered_set<std::string_view> out;
    for (auto& table : {list_methods(), dict_methods()})
      for (auto& row : table)
        if (row.kind == method_kind::changes)
          out.insert(row.name);
    return out;
  }();
  return names.contains(name);
}

std::vector<std::string> filter_names() {
  return names_of(filters());
}

std::vector<std::string> test_names() {
  return names_of(tests());
}

std::vector<std::string> lookup_names() {
  return names_of(lookups());
}

const signature& parameters_of(const filter_row& row) {
  static const auto all = signatures(filters());
  return remembered(all, row);
}

const signature& parameters_of(const test_row& row) {
  static const auto all = signatures(tests());
  return remembered(all, row);
}

const signature& parameters_of(const lookup_row& row) {
  static const auto all = signatures(lookups());
  return remembered(all, row);
}

const signature& parameters_of(const method_row& row) {
  static const auto all = method_signatures();
  return remembered(all, row);
}

} // namespace troupe
