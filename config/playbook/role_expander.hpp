#pragma once

#include "config/plan/plan.hpp"
#include "config/plan/plan_reader_task.hpp"
#include "config/playbook/playbook_setting.hpp"
#include "config/playbook/role_files.hpp"

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// Handlers of a role, not read yet.
struct found_handlers {
  read_document document;
  role_ptr frame;
  /// The names of its `vars`, and of the roles that it needs.
  dict vars;
  /// What is said of the role.
  keywords around;
  /// As in `open_role`.
  std::vector<std::string> collections = {};
};

/// How a role comes into a play, in the order in which Ansible has their
/// handlers; those of the play itself are behind those of `roles`.
enum class role_entry : uint8_t { of_play, imported, included };

/// What reading has found in one play.
struct play_findings {
  /// Numbers the tasks.
  size_t number = 0;
  /// The run is under way: what may be an import or an inclusion is one.
  bool under_way = false;
  /// Handlers of roles, in the order in which they were read; the file of each
  /// is at the same place in `handlers_from`, and how its role came into the
  /// play in `handlers_by`.
  std::vector<node> handlers;
  std::vector<std::string> handlers_from;
  std::vector<role_entry> handlers_by;
  /// How the role that is being read came in.
  role_entry comes_by = role_entry::of_play;
  /// Files of handlers that are being read: what they import may lead back.
  std::vector<std::string> handlers_open;
  /// Of all roles that the play names: seen by all of its tasks.
  dict defaults;
  dict vars;
  /// Folders of modules.
  std::vector<std::string> module_folders;
  /// Files that were read.
  std::vector<std::string> files;
  /// What they are called, each once; and those that others need.
  std::vector<std::string> names;
  std::vector<std::string> needed_names;
  /// What is read is only included when the run is under way; of it the
  /// handlers are wanted, and what else tasks see from the beginning.
  bool ahead = false;
  /// They are read by themselves, and nothing else is numbered for them.
  std::vector<found_handlers> handlers_ahead;
  /// What was read so, each once.
  std::set<std::string> read_ahead;
};

/// A role that is being read; innermost in a chain.
struct open_role {
  role_ptr frame;
  const open_role* needed_by = nullptr;
  /// Of `role_frame`.
  std::string key;
  /// The names of `vars` of it and of the roles that need it.
  dict vars;
  dict params;
  /// Collects those of the roles that it needs; null: nobody wants them.
  dict* needed_vars = nullptr;
  /// A task of the role above names it, not a dependency.
  bool chosen = false;
  /// Whose roles it looks for first; those of the play are nothing to it.
  std::vector<std::string> collections;
};

/// Turns entries that stand for other tasks (imports, roles) into these, at any
/// depth, and completes what stands there in Ansible's short forms.
class role_expander final : public entry_reader {
public:
  /// `known`: names that file names and role names may be made of.
  role_expander(const playbook_setting& with, std::string folder,
                const dict& known, play_findings& found, problems& out)
      : with_{with}, folder_{std::move(folder)}, known_{known}, found_{found},
        out_{out}, reader_{with}, collections_{with.collections} {
  }

  /// The playbook whose folder was given, as people call it: of one that was
  /// packed that is no path.
  void stand_in(source_name playbook) {
    playbook_ = std::move(playbook);
  }

  /// Reads a list of tasks or handlers that stands in `file`.
  std::vector<node> read_list(const value& from, const source_name& file,
                              keyword_place here);

  /// What an entry of `roles` stands for, added to `to`. `public_names`: its
  /// names are those of the play as well.
  void add_role(const value& entry, input_file& file, std::vector<node>& to);

  /// A role that is included while the run is under way, with the `vars` of the
  /// inclusion as far as its handlers are to see them.
  void add_chosen(const role_choice& what, input_file& file,
                  std::vector<node>& to, dict vars = {});

  /// Whose roles come first: names of collections, of the play or of the task
  /// that includes.
  void look_first_in(std::vector<std::string> collections) {
    collections_ = std::move(collections);
  }

  /// All that is read from here on belongs to this role, which outlives it.
  void stand_in(const open_role& role) {
    role_ = &role;
  }

  bool take(value& from, input_file& file, keyword_place here,
            std::vector<node>& to) override;
  void finish(node& made) override;

private:
  struct wanted_role {
    role_choice files;
    dict params;
    /// Its `vars`: of an entry of `roles` weaker than the role's own, of an
    /// import stronger.
    dict vars;
    bool vars_win = false;
    /// What it says by keywords, and what else is there.
    value said;
    bool public_names = true;
    bool allow_duplicates = true;
    /// `allow_duplicates` is what the role itself says.
    bool ask_role = false;
    text_position place;
  };

  void expand(const wanted_role& what, input_file& file, keyword_place here,
              std::vector<node>& to);
  bool add_dependencies(const role_files& role, open_role& open,
                        std::vector<node>& to);
  void read_tasks(const role_files& role, const wanted_role& what,
                  keyword_place here, std::vector<node>& to);
  /// The same in a block with the names of `vars` of the roles that it needs.
  void read_inner_tasks(const role_files& role, const wanted_role& what,
                        keyword_place here, block& around);
  void add_check(const role_files& role, const wanted_role& what,
                 std::vector<node>& to);
  /// Its handlers, inside what is said of it.
  void read_handlers_of(const role_files& role, const block& around);
  /// Those in this file, in the place of those that an earlier use has brought.
  void read_handlers(const read_document& from, const keywords& around);
  std::vector<node> list_of_handlers(const read_document& from);
  role_ptr frame_for(const role_files& role, const open_role& open,
                     const dict& below) const;
  block block_of(const value& said, input_file& file, keyword_place here);
  void import_tasks(const value& entry, const std::string& action,
                    input_file& file, keyword_place here,
                    std::vector<node>& to);
  void import_role(const value& entry, const std::string& action,
                   input_file& file, keyword_place here, std::vector<node>& to);
  /// What is included later is wanted; while the run is under way it comes soon
  /// enough.
  bool looks_ahead() const {
    return found_.ahead || !found_.under_way;
  }

  void look_into_include(const value& entry, const std::string& action);
  /// What is included for one item of a loop.
  struct included_name {
    std::string text;
    /// The item, by the name of its variable; empty: it is not known, or there
    /// is no loop.
    dict item;
  };

  void look_into_role(const included_name& which, const value& entry,
                      const std::string& action);
  void look_into_tasks(const value& entry, const std::string& action,
                       const input_file& file);
  /// Has `read` go through what is included later.
  void read_ahead(bool public_names,
                  const std::function<void(role_expander&)>& read);
  /// A text that an entry says, if it is known before the run.
  std::optional<std::string> known_text(const value& x,
                                        const value& entry) const;
  /// What comes later may start nothing and wait for nothing before.
  evaluation_terms terms() const;
  /// What a name that may be a template comes to, for each item of a loop whose
  /// items are written out; those that rest on the run are left out.
  std::vector<included_name> names_of_included(const value& name,
                                               const value& entry) const;
  /// The variables that are known before the run.
  dict static_names(const value& entry) const;
  /// Where the file of tasks is that an entry in `from` names; empty: nowhere.
  std::string find_tasks(const std::string& name, const std::string& from,
                         keyword_place here) const;
  std::optional<std::string> static_text(const value& x, const value& entry,
                                         input_file& file);
  /// Tags are known before the run.
  void settle_tags(keywords& said);
  bool circles(const std::string& path) const;
  /// Where roles are looked for by an entry with these keywords.
  role_site site(const value& said) const;

  const playbook_setting& with_;
  std::string folder_;
  // Null: all files are called by their paths.
  source_name playbook_;
  const dict& known_;
  play_findings& found_;
  problems& out_;
  role_reader reader_;
  // Whose roles come first outside of roles.
  std::vector<std::string> collections_;
  // The same in the blocks that are open, the innermost last, and the role
  // whose tasks they are.
  std::vector<std::pair<const open_role*, std::vector<std::string>>> blocks_;
  const open_role* role_ = nullptr;
  bool in_handlers_ = false;
  unsigned depth_ = 0;
};

/// The handlers of a play in the order in which they run: `own` are those that
/// it says itself.
std::vector<node> ordered_handlers(play_findings& found, std::vector<node> own);

/// The names of `entry` without those in `names`, at the same place.
value without(const value& entry, const std::vector<std::string>& names);

/// The keyword `collections` with these names.
said_keyword said_collections(const std::vector<std::string>& names);

/// Says `vars` before everything else in `said`, unless there are none.
void say_vars_first(keywords& said, const dict& vars);

} // namespace troupe
