#include "config/inventory/host_name.hpp"
#include "config/inventory/inventory_readers.hpp"
#include "config/inventory/line_words.hpp"
#include "config/language/run/printed_output.hpp"
#include "config/plan/plan_text.hpp"
#include "config/value/nearest.hpp"
#include "config/value/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace troupe {

namespace {

value read_ini_value(std::string_view text, text_position at) {
  auto literal = read_literal(text, false);
  auto out = literal ? std::move(*literal) : value{text};
  out.place_at(at);
  return out;
}

/// Behind what may be a comment and nothing else.
bool is_end(std::string_view rest) {
  rest = trimmed(rest);
  return rest.empty() || rest[0] == '#';
}

/// The name of a group that `text` begins with: no blank, `:` or `]`.
std::string_view group_name_in(std::string_view text) {
  return text.substr(0, text.find_first_of(": \t]\r\f\v"));
}

class ini_reader {
public:
  ini_reader(std::string_view text, input_file& file, inventory_data& to)
      : text_{without_byte_order_mark(text)}, file_{file}, to_{to} {
  }

  void run() {
    while (!text_.empty()) {
      auto end = std::min(text_.find_first_of("\r\n"), text_.size());
      ++line_;
      take(text_.substr(0, end));
      auto both = text_.substr(end).starts_with("\r\n");
      text_.remove_prefix(std::min(end + (both ? 2 : 1), text_.size()));
    }
    for (auto& [name, at] : only_vars_)
      file_.refuse(at, fmt::format("[{}:vars] is about a group that is "
                                   "nowhere{}",
                                   name, near_group(name)));
    for (auto& [name, wanted] : waiting_)
      file_.refuse(wanted.at, unknown_name("group", name, group_names()));
  }

private:
  enum class section { hosts, vars, children };

  struct wanted_child {
    text_position at;
    std::vector<size_t> parents;
  };

  std::string_view text_;
  input_file& file_;
  inventory_data& to_;
  uint32_t line_ = 0;
  std::string_view whole_;
  section kind_ = section::hosts;
  size_t group_ = inventory_data::ungrouped;
  // The section began with something wrong.
  bool ignored_ = false;
  // Groups of which there are only variables so far.
  std::map<std::string, text_position> only_vars_;
  // Children that are not declared yet. They come below their parents when they
  // are, which is the order that people see.
  std::map<std::string, wanted_child> waiting_;

  /// Where a part of the line stands, in characters.
  text_position place(std::string_view part) const {
    auto before
      = whole_.substr(0, static_cast<size_t>(part.data() - whole_.data()));
    auto column = std::count_if(before.begin(), before.end(),
                                [](char c) { return (c & 0xc0) != 0x80; });
    return {line_, static_cast<uint32_t>(column) + 1};
  }

  std::vector<std::string> group_names() const {
    std::vector<std::string> out;
    for (auto& each : to_.groups())
      if (!only_vars_.contains(each.name))
        out.push_back(each.name);
    return out;
  }

  std::string near_group(const std::string& name) const {
    return did_you_mean(name, group_names());
  }

  void take(std::string_view raw) {
    whole_ = raw;
    auto line = trimmed(raw);
    if (line.empty() || line[0] == '#' || line[0] == ';')
      return;
    if (!is_utf8(line))
      return file_.refuse(place(line), "expected UTF-8");
    if (line[0] == '[' && take_section(line))
      return;
    if (ignored_)
      return;
    if (kind_ == section::hosts)
      take_host(line);
    else if (kind_ == section::vars)
      take_variable(line);
    else
      take_child(line);
  }

  /// False when the line is a host whose name begins with a range.
  bool take_section(std::string_view line) {
    auto name = group_name_in(line.substr(1));
    auto rest = line.substr(1 + name.size());
    std::string_view kind{"hosts"};
    if (rest.starts_with(':')) {
      kind = group_name_in(rest.substr(1));
      rest.remove_prefix(1 + kind.size());
    }
    auto closed = rest.starts_with(']') && is_end(rest.substr(1));
    if (name.empty() || kind.empty() || !closed) {
      bool open = line.find(']') == line.npos;
      if (!open && !line.ends_with(']'))
        return false;
      ignored_ = true;
      if (open) {
        file_.refuse(place(line), "the heading of a group that begins with "
                                  "'[' has no ']'");
        return true;
      }
      file_.refuse(place(line), "expected [GROUP], [GROUP:vars] or "
                                "[GROUP:children], without blanks inside");
      return true;
    }
    ignored_ = !begin(std::string{name}, kind, place(line));
    return true;
  }

  bool begin(const std::string& name, std::string_view kind, text_position at) {
    static const std::vector<std::string> kinds{"hosts", "vars", "children"};
    auto found = std::find(kinds.begin(), kinds.end(), kind);
    if (found == kinds.end()) {
      file_.refuse(at, fmt::format("[{}:{}]: expected 'vars', 'children' or "
                                   "'hosts' behind the colon{}",
                                   name, kind, did_you_mean(kind, kinds)));
      return false;
    }
    kind_ = static_cast<section>(found - kinds.begin());
    auto known = to_.find_group(name).has_value();
    auto group = to_.add_group(name);
    if (!group) {
      file_.refuse(at, group.why().message);
      return false;
    }
    group_ = *group;
    if (kind_ != section::vars)
      declare(name);
    else if (!known && !waiting_.contains(name))
      only_vars_.emplace(name, at);
    return true;
  }

  void declare(const std::string& name) {
    only_vars_.erase(name);
    auto wanted = waiting_.extract(name);
    if (wanted.empty())
      return;
    for (auto parent : wanted.mapped().parents)
      put_below(parent, group_, wanted.mapped().at);
  }

  void put_below(size_t parent, size_t child, text_position at) {
    if (auto put = to_.put_below(parent, child); !put)
      file_.refuse(at, put.why().message);
  }

  void take_host(std::string_view line) {
    line_words words{line};
    auto cut = words.cut();
    if (!cut)
      return file_.refuse(place(line.substr(words.at())), cut.why().message);
    if (cut->empty())
      return;
    auto& first = cut->front();
    if (first.text.ends_with(':') || first.text == "---")
      return file_.refuse(place(line), fmt::format("expected a host, found {}; "
                                                   "a file of this name is "
                                                   "read as INI, YAML needs "
                                                   "'.yml' at its end",
                                                   excerpt_of(first.text)));
    auto hosts
      = add_hosts(first.text, group_, place(line.substr(first.at)), file_, to_);
    for (size_t i = 1; i < cut->size(); ++i)
      take_host_variable((*cut)[i], place(line.substr((*cut)[i].at)), hosts);
  }

  void take_host_variable(const line_word& word, text_position at,
                          const std::vector<size_t>& hosts) {
    auto sign = word.text.find('=');
    if (sign == std::string::npos)
      return file_.refuse(at, fmt::format("expected NAME=VALUE behind the "
                                          "host, found {}",
                                          excerpt_of(word.text)));
    value name{word.text.substr(0, sign)};
    name.place_at(at);
    auto x = read_ini_value(std::string_view{word.text}.substr(sign + 1), at);
    for (auto each : hosts)
      if (auto set = to_.set_host_var(each, name, x); !set)
        return file_.refuse(at, set.why().message);
  }

  void take_variable(std::string_view line) {
    auto sign = line.find('=');
    if (sign == line.npos)
      return file_.refuse(place(line), fmt::format("expected NAME=VALUE, found "
                                                   "{}",
                                                   excerpt_of(line)));
    value name{trimmed(line.substr(0, sign))};
    name.place_at(place(line));
    auto text = trimmed(line.substr(sign + 1));
    auto at = text.empty() ? place(line) : place(text);
    auto set = to_.set_group_var(group_, name, read_ini_value(text, at));
    if (!set)
      file_.refuse(at, set.why().message);
  }

  void take_child(std::string_view line) {
    std::string name{group_name_in(line)};
    if (name.empty() || !is_end(line.substr(name.size())))
      return file_.refuse(place(line), fmt::format("expected the name of a "
                                                   "group, found {}",
                                                   excerpt_of(line)));
    if (auto child = to_.find_group(name)) {
      put_below(group_, *child, place(line));
      return;
    }
    auto& wanted
      = waiting_.try_emplace(name, wanted_child{place(line), {}}).first->second;
    wanted.parents.push_back(group_);
  }
};

} // namespace

void read_ini_inventory(std::string_view text, input_file& file,
                        inventory_data& to) {
  ini_reader{text, file, to}.run();
}

} // namespace troupe
