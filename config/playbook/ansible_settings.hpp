#pragma once

#include "config/value/value.hpp"
#include "platform/result.hpp"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

class host;

/// The fact that says that the facts of a host were collected.
constexpr std::string_view facts_gathered_name = "_ansible_facts_gathered";

/// What the value of a setting of Ansible is.
enum class ansible_kind : uint8_t {
  flag,
  number,
  real,
  text,
  /// Parts between commas.
  list,
  path,
  /// Paths between colons, and between commas.
  paths,
  files,
};

/// A setting of Ansible 2.14: how it is called, and where it is looked for.
struct ansible_setting_row {
  std::string_view name;
  ansible_kind kind;
  /// As in a file; "none": it has no value. `HOME/` stands for Ansible's own
  /// folder.
  std::string_view otherwise;
  /// Variables of the environment, and `section.key` of the file; both between
  /// commas, the last that is there counts.
  std::string_view variables;
  std::string_view keys;
  /// The only values that there are, between blanks; empty: any.
  std::string_view choices = {};
};

std::span<const ansible_setting_row> ansible_setting_rows();

/// Where the file with Ansible's settings is, and what was said of others.
struct ansible_settings_file {
  /// Empty: there is none.
  std::string path;
  /// Why one was passed over that is there; empty: none was.
  std::string warning;
};

/// The file that Ansible would read: that of `ANSIBLE_CONFIG`, else
/// `ansible.cfg` in this folder unless everybody may write to it, else
/// `~/.ansible.cfg`, else `/etc/ansible/ansible.cfg`.
ansible_settings_file find_ansible_settings(host& machine);

/// As long as it lives this program takes settings from this file, and not from
/// one that lies where it was started, unless `ANSIBLE_CONFIG` names another:
/// what was packed, and a run that is gone on with, do the same in every
/// folder. To be made before anything is read, by one thread, once at a time.
class chosen_settings_file {
public:
  /// An empty `path`: from none.
  explicit chosen_settings_file(std::string path);
  ~chosen_settings_file();
  chosen_settings_file(const chosen_settings_file&) = delete;
  chosen_settings_file& operator=(const chosen_settings_file&) = delete;
};

/// Where a setting was said.
struct ansible_setting_origin {
  /// The path of a file, or the name of a variable of the environment.
  std::string name;
  /// In the file; 0: it is a variable.
  uint32_t line = 0;
};

/// What Ansible's settings are on a machine: those of the environment, else
/// those of the file, else what they are when nobody says anything.
class ansible_settings {
public:
  /// Without a machine: what they are when nobody says anything.
  ansible_settings();

  /// Reads the file and the environment of `machine`. An error is a file that
  /// cannot be read, and a value that its setting cannot have.
  static result<std::shared_ptr<const ansible_settings>> read(host& machine);

  /// The same for who has said already that something is wrong with them: then
  /// nobody says anything.
  static std::shared_ptr<const ansible_settings> of(host& machine);

  /// By Ansible's names: `DEFAULT_FORKS`.
  const std::shared_ptr<const dict>& all() const {
    return all_;
  }

  /// False and empty when the setting has no value.
  bool flag(std::string_view name) const;
  std::string text(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;

  /// Whether dicts of one name become one: `hash_behaviour`.
  bool merges() const {
    return merges_;
  }

  /// Whether somebody has said it.
  bool said(std::string_view name) const {
    return origin(name) != nullptr;
  }

  /// Who has said it; null: nobody has.
  const ansible_setting_origin* origin(std::string_view name) const;

  /// What is to be said about it.
  const std::vector<std::string>& warnings() const {
    return warnings_;
  }

  /// Names in the file that no setting has and that are nearly one of its
  /// section, or stand in the wrong one, and values that are neither yes nor
  /// no where one of them is meant, with their places; Ansible passes over
  /// them.
  const std::vector<std::string>& misspelt() const {
    return misspelt_;
  }

private:
  std::shared_ptr<const dict> all_;
  std::map<std::string, ansible_setting_origin, std::less<>> said_;
  std::vector<std::string> warnings_;
  std::vector<std::string> misspelt_;
  bool merges_ = false;
};

} // namespace troupe
