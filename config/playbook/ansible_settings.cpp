#include "config/playbook/ansible_settings.hpp"

#include "config/language/library/machine_paths.hpp"
#include "config/language/library/path_text.hpp"
#include "config/language/python/numbers.hpp"
#include "config/plan/plan_text.hpp"
#include "config/playbook/settings_text.hpp"
#include "config/value/nearest.hpp"
#include "platform/host.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace troupe {

namespace {

constexpr size_t largest_file = size_t{1} << 20;

// Of the whole program, as they are read wherever something rests on them.
std::optional<std::string> chosen_file;

/// A text that somebody said, and where.
struct said_text {
  std::string text;
  ansible_setting_origin from;
  /// As what, in a file: "[defaults] forks".
  std::string called;
  /// What paths are relative to; empty: the folder in which the program runs.
  std::string folder;
};

bool is_one_of(std::string_view text,
               std::initializer_list<std::string_view> words) {
  std::string small;
  for (auto c : text)
    small += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return std::find(words.begin(), words.end(), small) != words.end();
}

/// Ansible takes what is not one of its words for no.
bool is_yes(std::string_view text) {
  return is_one_of(text, {"y", "yes", "on", "1", "true", "t", "1.0"});
}

bool is_no(std::string_view text) {
  return is_one_of(text, {"n", "no", "off", "0", "false", "f", "0.0", ""});
}

/// What a file has in place of yes or no. Of variables like NO_COLOR any text
/// may be meant.
bool is_strange_flag(const said_text& x) {
  return !x.called.empty() && !is_yes(x.text) && !is_no(x.text);
}

std::string shown_origin(const ansible_setting_origin& x) {
  return x.line > 0 ? fmt::format("{}:{}", x.name, x.line) : x.name;
}

/// In the words of whoever said it: "ansible.cfg:2: [defaults] forks".
std::string place_of(const said_text& x) {
  auto out = shown_origin(x.from);
  return x.called.empty() ? out : out + ": " + x.called;
}

class settings_reader {
public:
  explicit settings_reader(host& machine) : machine_{machine} {
  }

  result<std::string> read_file(const std::string& path) {
    if (path.empty())
      return std::string{};
    auto text = machine_.files().read(path, largest_file);
    if (!text)
      return text.why();
    auto entries = read_settings_text(*text, path);
    if (!entries)
      return entries.why();
    entries_ = std::move(*entries);
    path_ = path;
    return path;
  }

  /// Nothing: nobody has said it.
  std::optional<said_text> find(const ansible_setting_row& row) const {
    std::optional<said_text> out;
    for (auto& each : parts_of(row.keys, ','))
      for (auto& entry : entries_)
        if (entry.section + "." + entry.key == each)
          out = said_text{entry.text,
                          {path_, entry.line},
                          fmt::format("[{}] {}", entry.section, entry.key),
                          dir_name(path_)};
    for (auto& each : parts_of(row.variables, ','))
      if (auto x = machine_.variable(each))
        out = said_text{*x, {std::string{each}, 0}, {}, {}};
    return out;
  }

  result<value> value_of(const ansible_setting_row& row,
                         const said_text& said) const {
    auto refuse = [&](std::string_view wanted) {
      return error{errc::invalid_argument,
                   fmt::format("{}: expected {}, found '{}'", place_of(said),
                               wanted, said.text)};
    };
    auto choices = parts_of(row.choices, ' ');
    if (!choices.empty()
        && std::find(choices.begin(), choices.end(), said.text)
             == choices.end())
      return refuse(fmt::format("one of {}", fmt::join(choices, ", ")));
    switch (row.kind) {
    case ansible_kind::flag:
      return value{is_yes(said.text)};
    case ansible_kind::number:
      if (auto number = parse_integer(said.text, 10))
        return *number;
      return refuse("a whole number");
    case ansible_kind::real:
      if (auto number = parse_real(said.text))
        return *number;
      return refuse("a number");
    case ansible_kind::text:
      return value{unquoted(said.text)};
    case ansible_kind::path:
      return value{path_of(said.text, said.folder)};
    case ansible_kind::list:
      return list_of(said, ',', false);
    case ansible_kind::paths:
      return list_of(said, ':', true);
    case ansible_kind::files:
      return list_of(said, ',', true);
    }
    return value{};
  }

  /// What nobody will look for.
  std::vector<std::string> misspelt() const {
    // In others, plugins look for settings of their own.
    constexpr std::array own{"defaults", "privilege_escalation"};
    std::map<std::string, std::vector<std::string>> known;
    if (!entries_.empty())
      for (auto& row : ansible_setting_rows())
        for (auto& each : parts_of(row.keys, ',')) {
          auto dot = each.find('.');
          known[each.substr(0, dot)].push_back(each.substr(dot + 1));
        }
    std::vector<std::string> out;
    for (auto& entry : entries_) {
      auto& here = known[entry.section];
      if (std::find(own.begin(), own.end(), entry.section) == own.end()
          || has(here, entry.key))
        continue;
      auto hint = did_you_mean(entry.key, here);
      for (auto& [section, keys] : known)
        if (has(keys, entry.key))
          hint = fmt::format(": it stands in [{}]", section);
      if (!hint.empty())
        out.push_back(fmt::format("{}:{}: [{}] has no setting '{}'{}", path_,
                                  entry.line, entry.section, entry.key, hint));
    }
    return out;
  }

private:
  static bool has(const std::vector<std::string>& keys,
                  const std::string& key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  }

  static std::string unquoted(const std::string& text) {
    bool quoted = text.size() > 1 && (text[0] == '"' || text[0] == '\'')
                  && text.back() == text[0];
    return quoted ? text.substr(1, text.size() - 2) : text;
  }

  std::string path_of(std::string text, const std::string& folder) const {
    constexpr std::string_view here = "{{CWD}}";
    for (auto at = text.find(here); at != text.npos; at = text.find(here, at))
      text.replace(at, here.size(), machine_.files().working_folder());
    text = expand_variables(machine_, expand_user(machine_, text));
    if (!text.starts_with('/') && !folder.empty())
      text = folder + "/" + text;
    return normal_path(absolute_path(machine_, text));
  }

  value list_of(const said_text& said, char separator, bool paths) const {
    list out;
    for (auto& each : parts_of(unquoted(said.text), separator))
      out.push_back(paths ? path_of(each, said.folder) : each);
    return value{std::move(out)};
  }

  host& machine_;
  std::string path_;
  std::vector<settings_entry> entries_;
};

} // namespace

chosen_settings_file::chosen_settings_file(std::string path) {
  chosen_file = std::move(path);
}

chosen_settings_file::~chosen_settings_file() {
  chosen_file.reset();
}

ansible_settings_file find_ansible_settings(host& machine) {
  ansible_settings_file out;
  auto& files = machine.files();
  auto is_file = [&](const std::string& path) {
    auto there = look_at(machine, path);
    return there && there->kind == file_kind::regular
           && files.access(path, "r");
  };
  if (auto named = machine.variable("ANSIBLE_CONFIG");
      named && !named->empty()) {
    auto path = absolute_path(machine, expand_user(machine, *named));
    // So nothing is said at all.
    if (path == "/dev/null")
      return out;
    if (auto there = look_at(machine, path);
        there && there->kind == file_kind::directory)
      path += "/ansible.cfg";
    if (is_file(path))
      return {path, {}};
  }
  if (chosen_file)
    return {*chosen_file, {}};
  auto here = files.working_folder();
  auto beside = (here == "/" ? "" : here) + "/ansible.cfg";
  if (is_file(beside)) {
    constexpr uint32_t by_others = 02;
    auto folder = look_at(machine, here);
    if (folder && (folder->mode & by_others) == 0)
      return {beside, {}};
    out.warning = fmt::format("{}: passed over, as everybody may write to its "
                              "folder; ANSIBLE_CONFIG names it if it is meant",
                              beside);
  }
  for (auto& path : {expand_user(machine, "~/.ansible.cfg"),
                     std::string{"/etc/ansible/ansible.cfg"}})
    if (is_file(path)) {
      out.path = path;
      break;
    }
  return out;
}

ansible_settings::ansible_settings() : all_{std::make_shared<const dict>()} {
}

result<std::shared_ptr<const ansible_settings>>
ansible_settings::read(host& machine) {
  auto out = std::make_shared<ansible_settings>();
  auto file = find_ansible_settings(machine);
  if (!file.warning.empty())
    out->warnings_.push_back(file.warning);
  settings_reader reader{machine};
  if (auto read = reader.read_file(file.path); !read)
    return read.why();
  out->misspelt_ = reader.misspelt();
  dict all;
  std::string home;
  for (auto& row : ansible_setting_rows()) {
    auto said = reader.find(row);
    if (said)
      out->said_.emplace(row.name, said->from);
    else if (row.otherwise == "none") {
      all.set(row.name, value{});
      continue;
    } else {
      std::string text{row.otherwise};
      for (auto at = text.find("HOME/"); at != text.npos;
           at = text.find("HOME/", at))
        text.replace(at, 4, home);
      said = said_text{std::move(text), {std::string{row.name}, 0}, {}, {}};
    }
    auto x = reader.value_of(row, *said);
    if (!x)
      return x.why();
    if (row.kind == ansible_kind::flag && is_strange_flag(*said)) {
      auto words = fmt::format("{}: '{}' is neither yes nor no, and counts as "
                               "no",
                               place_of(*said), said->text);
      // Two settings may be read from the same line.
      auto& all_words = out->misspelt_;
      if (std::find(all_words.begin(), all_words.end(), words)
          == all_words.end())
        all_words.push_back(std::move(words));
    }
    if (row.name == "ANSIBLE_HOME")
      home = x->text_or("");
    all.set(row.name, std::move(*x));
  }
  all.set("CONFIG_FILE", file.path.empty() ? value{} : value{file.path});
  out->all_ = std::make_shared<const dict>(std::move(all));
  out->merges_ = out->text("DEFAULT_HASH_BEHAVIOUR") == "merge";
  return std::shared_ptr<const ansible_settings>{std::move(out)};
}

std::shared_ptr<const ansible_settings> ansible_settings::of(host& machine) {
  auto got = read(machine);
  return got ? *got : std::make_shared<const ansible_settings>();
}

bool ansible_settings::flag(std::string_view name) const {
  auto* x = all_->find(name);
  return x && x->is_bool() && x->as_bool();
}

std::string ansible_settings::text(std::string_view name) const {
  auto* x = all_->find(name);
  return std::string{x ? x->text_or("") : ""};
}

std::vector<std::string> ansible_settings::texts(std::string_view name) const {
  std::vector<std::string> out;
  auto* x = all_->find(name);
  if (x && x->is_list())
    for (auto& each : x->as_list())
      out.emplace_back(each.text_or(""));
  return out;
}

const ansible_setting_origin*
ansible_settings::origin(std::string_view name) const {
  auto at = said_.find(name);
  return at == said_.end() ? nullptr : &at->second;
}

} // namespace troupe
