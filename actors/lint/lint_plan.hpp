#pragma once

#include "actors/lint/outer_variables.hpp"
#include "actors/run/run_context.hpp"
#include "config/inventory/stray_variables.hpp"
#include "config/plan/problems.hpp"
#include "modules/support/plan/plan_sources.hpp"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A task of the plan or of a file that it includes.
struct lint_task {
  const task* what = nullptr;
  /// All that it is under.
  keywords under;
  /// Null: a custom module.
  const module_spec* spec = nullptr;
  bool handler = false;
  /// It stands in a file that is included.
  bool included = false;
  /// Where it comes among the tasks that run in their order; 0: it may run at
  /// any time.
  size_t number = 0;

  /// Its arguments, told apart where they stand in a line.
  dict args = {};

  bool is(std::string_view module) const {
    return spec && spec->name == module;
  }

  /// The argument of this name; null pointer: none.
  const value* argument(std::string_view name) const;

  /// Whether it has this argument, also in its free form.
  bool gives(std::string_view name) const;

  /// `_raw_params` or `cmd` without the options in it; empty: none.
  std::string command_line() const;
};

/// What a play or block says.
struct lint_holder {
  const keywords* said = nullptr;
  const std::vector<condition>* conditions = nullptr;
  source_place place;
};

/// A plan with the files that it includes, as the rules of lint see it.
class lint_plan {
public:
  /// `text`: what stands in the file of the plan. Both outlive this. `hosts`:
  /// those of a playbook; null: only this one is known.
  lint_plan(const run_context& ctx, std::string_view text,
            problems foreseen = {}, playbook_hosts* hosts = nullptr);

  const run_context& ctx;
  std::string_view text;
  std::deque<lint_task> tasks;
  std::vector<lint_holder> holders;
  /// The roles that tasks belong to.
  std::set<role_ptr> roles;
  /// What a playbook's hosts are given.
  outer_variables outer;
  /// Variables beside it and beside the inventory that nobody has.
  std::vector<stray_variables> strays;
  /// What of the plan lies beside it.
  plan_sources sources;
  /// The texts of the plan and of what it includes, by their names.
  std::map<std::string, std::string, std::less<>> texts;
  /// Files of tasks that a run would refuse when it comes to them.
  problems broken;
  /// Why tasks fail when a run comes to them.
  problems foreseen;
  /// Of the broken ones, and files that are not there, that the plan imports:
  /// it is not valid without them.
  problems broken_imports;
  /// Why not all tasks and names are known: those of files whose names are
  /// templates, for example.
  unknown_reasons unknown;

  /// The path of what a task names so, among `sources`; empty: none.
  std::string path_of(std::string_view name) const;

  /// A path, or a text with paths in it, as seen from where the plan is seen.
  std::string shown(std::string text) const;

  /// The text of a file beside the plan; empty: it cannot be read.
  std::string read(const std::string& path) const;

  /// The text of a file from the beginning of a line on; empty: it cannot be
  /// read. Each file is read and looked through once.
  std::string_view text_from(const source_place& line) const;

  /// Whether a file has a comment that takes findings out.
  bool has_noqa(const source_place& in) const;

private:
  /// A file that findings are in.
  struct lined_text {
    std::string own;
    std::string_view whole;
    std::vector<size_t> lines;
    bool noqa = false;
  };

  const lined_text& lined(const source_place& in) const;

  struct around {
    keywords under;
    bool handler = false;
    bool included = false;
    /// In a file of which only the run decides whether it is read.
    bool dynamic = false;
    bool ordered = true;
    std::vector<std::string> search_path;
  };

  void look_into(const play& p);
  void look_into(const block& b, around in);
  void look_into(const std::vector<node>& nodes, const around& in);
  void look_into(const task& t, const around& in);
  void include(const lint_task& t, const around& in);
  /// Looks into the tasks of a file; false when they cannot be read.
  bool bring_in(const lint_task& t, const around& in, const std::string& name,
                const std::string& path);
  /// Whether what is wrong with its file is wrong with the plan.
  static bool is_import(const lint_task& t, const around& in);

  // The folder of the plan, absolute, and as it was given.
  std::string folder_;
  std::string given_folder_;
  std::deque<std::vector<node>> included_;
  size_t count_ = 0;
  mutable std::map<std::string, lined_text, std::less<>> lined_;
};

/// Calls `f` for `x` and for all values inside it.
template <class F>
void for_each_value(const value& x, F&& f) {
  f(x);
  if (x.is_list())
    for (auto& each : x.as_list())
      for_each_value(each, f);
  if (x.is_dict())
    for (auto& [key, each] : x.as_dict())
      for_each_value(each, f);
}

} // namespace troupe
