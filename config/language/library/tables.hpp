#pragma once

#include "config/language/run/arguments.hpp"

#include <span>

namespace troupe {

/// One filter. `parameters` are those behind the filtered value, in the form
/// that `signature` reads; an alternative name has a row of its own.
struct filter_row {
  using function
    = result<value> (*)(evaluator&, const value&, const bound_arguments&);
  std::string_view name;
  std::string_view parameters;
  function run;
};

/// One test, what stands behind `is`.
struct test_row {
  using function
    = result<bool> (*)(evaluator&, const value&, const bound_arguments&);
  std::string_view name;
  std::string_view parameters;
  function run;
};

/// One lookup plugin. Gets the terms and named options; returns the list that
/// `query` gives.
struct lookup_row {
  using function
    = result<std::vector<value>> (*)(evaluator&, const std::vector<value>&,
                                     const bound_arguments&);
  std::string_view name;
  std::string_view parameters;
  function run;
};

/// What a method does to its object.
enum class method_kind : uint8_t {
  /// Leaves it as it is.
  asks,
  /// Leaves it as it is; tuples have the method as lists do.
  asks_tuples,
  /// Changes it in place. Variables are shared by all evaluations: a template
  /// that names such a method gets copies.
  changes,
};

/// A method of text, lists, dicts or numbers.
struct method_row {
  using function
    = result<value> (*)(evaluator&, value&, const bound_arguments&);
  std::string_view name;
  std::string_view parameters;
  function run;
  method_kind kind = method_kind::asks;
};

// The tables, each in the file of its theme.
std::span<const filter_row> text_filters();
std::span<const filter_row> number_filters();
std::span<const filter_row> list_filters();
std::span<const filter_row> select_filters();
std::span<const filter_row> set_filters();
std::span<const filter_row> dict_filters();
std::span<const filter_row> serial_filters();
std::span<const filter_row> path_filters();
std::span<const filter_row> regex_filters();
std::span<const filter_row> digest_filters();
std::span<const filter_row> vault_filters();
std::span<const filter_row> time_filters();
std::span<const filter_row> value_filters();

std::span<const test_row> value_tests();
std::span<const test_row> result_tests();
std::span<const test_row> file_tests();
std::span<const test_row> text_tests();
std::span<const test_row> number_tests();

std::span<const lookup_row> file_lookups();
std::span<const lookup_row> table_lookups();
std::span<const lookup_row> template_lookups();
std::span<const lookup_row> program_lookups();
std::span<const lookup_row> password_lookups();
std::span<const lookup_row> list_lookups();
std::span<const lookup_row> value_lookups();
std::span<const lookup_row> config_lookups();
std::span<const lookup_row> web_lookups();

std::span<const method_row> text_methods();
std::span<const method_row> text_is_methods();
std::span<const method_row> list_methods();
std::span<const method_row> dict_methods();
std::span<const method_row> integer_methods();
std::span<const method_row> real_methods();

/// The row of a filter by its name, with or without "ansible.builtin." before
/// it; null when there is none.
const filter_row* find_filter(std::string_view name);
const test_row* find_test(std::string_view name);
const lookup_row* find_lookup(std::string_view name);

/// Whether dicts have an attribute `name`, whatever their entries are.
bool is_dict_attribute(std::string_view name);

/// Whether lists or dicts have a method `name` that changes its object.
bool is_changing_method(std::string_view name);

std::vector<std::string> filter_names();
std::vector<std::string> test_names();
std::vector<std::string> lookup_names();

/// The parsed parameters of a row, read once.
const signature& parameters_of(const filter_row& row);
const signature& parameters_of(const test_row& row);
const signature& parameters_of(const lookup_row& row);
const signature& parameters_of(const method_row& row);

} // namespace troupe
