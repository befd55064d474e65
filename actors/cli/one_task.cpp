#include "actors/cli/one_task.hpp"

#include "modules/support/commands/key_values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe {

namespace {

constexpr std::string_view raw_text = "_raw_params";

bool is_argument(const module_spec& spec, std::string_view name) {
  return std::any_of(
    spec.arguments.begin(), spec.arguments.end(), [&](auto& each) {
      return each.name == name
             || std::find(each.aliases.begin(), each.aliases.end(), name)
                  != each.aliases.end();
    });
}

/// Whether an argument stands for the free form, as `cmd` does.
bool replaces_free_form(const module_spec& spec, std::string_view name) {
  auto holds = [](auto& group, std::string_view each) {
    return std::find(group.begin(), group.end(), each) != group.end();
  };
  return std::any_of(spec.mutually_exclusive.begin(),
                     spec.mutually_exclusive.end(), [&](auto& group) {
                       return holds(group, spec.free_form)
                              && holds(group, name);
                     });
}

std::string joined_words(const std::vector<std::string>& words) {
  if (words.size() == 1)
    return words.front();
  std::string out;
  for (auto& each : words) {
    auto whole
      = each.empty() || each.find_first_of(" \t\n") != std::string::npos;
    out += (out.empty() ? "" : " ") + (whole ? shell_quoted(each) : each);
  }
  return out;
}

/// Reads the words of a command line, which it writes down on the way.
class word_reader {
public:
  word_reader(const std::string& command, const one_task& what,
              const module_spec* spec)
      : spec_{spec}, what_{what} {
    write(command + " ");
    module_at_ = at_;
    write(what.module);
  }

  made_plan plan() {
    bool free = spec_ && !spec_->free_form.empty();
    for (auto& word : what_.words) {
      write(" ");
      auto mark = word.find('=');
      auto name = std::string_view{word}.substr(0, mark);
      if (mark == std::string::npos || !takes(name, free))
        take_text(word);
      else
        take_pairs(word, mark);
    }
    if (!texts_.empty())
      set(std::string{raw_text}, text_at_, joined_words(texts_), text_at_);
    return {document(), std::move(shown_)};
  }

private:
  /// Whether a word that begins with `name=` is an argument.
  bool takes(std::string_view name, bool free) const {
    auto pair = parse_free_form(fmt::format("{}=x", name), {});
    if (!pair.rest.empty())
      return false;
    return !free || replaces_free_form(*spec_, name)
           || (what_.words.size() > 1 && is_argument(*spec_, name));
  }

  void take_text(const std::string& word) {
    if (texts_.empty())
      text_at_ = at_;
    texts_.push_back(word);
    write(shell_quoted(word));
  }

  void take_pairs(const std::string& word, size_t mark) {
    auto read = parse_free_form(word, {});
    auto all_known = [&] {
      return spec_
             && std::all_of(
               read.options.begin(), read.options.end(), [&](auto& each) {
                 return is_argument(*spec_, each.first.as_string());
               });
    };
    auto key_at = at_;
    if (read.rest.empty() && read.options.size() > 1 && all_known()) {
      write(shell_quoted(word));
      for (auto& [key, x] : read.options)
        set(key.as_string(), key_at, x, key_at);
      return;
    }
    auto key = word.substr(0, mark);
    auto text = word.substr(mark + 1);
    write(key + "=");
    auto value_at = at_;
    write(shell_quoted(text));
    auto* unquoted = read.rest.empty() && read.options.size() == 1
                       ? read.options.find(key)
                       : nullptr;
    set(key, key_at, unquoted ? *unquoted : value{text}, value_at);
  }

  void set(const std::string& key, text_position key_at, value x,
           text_position value_at) {
    value name{key};
    name.place_at(key_at);
    x.place_at(value_at);
    args_.set(name, std::move(x));
  }

  value document() {
    value name{what_.module};
    name.place_at(module_at_);
    value given{std::move(args_)};
    given.place_at(module_at_);
    dict task;
    task.set(name, std::move(given));
    if (what_.become || !what_.become_user.empty())
      task.set("become", true);
    if (!what_.become_user.empty())
      task.set("become_user", what_.become_user);
    value whole{std::move(task)};
    whole.place_at(module_at_);
    value tasks{list{std::move(whole)}};
    if (what_.hosts.empty())
      return dict{{"tasks", std::move(tasks)}};
    value play{dict{{"hosts", what_.hosts},
                    {"gather_facts", false},
                    {"tasks", std::move(tasks)}}};
    play.place_at({1, 1});
    return list{std::move(play)};
  }

  void write(std::string_view text) {
    shown_ += text;
    for (auto c : text) {
      // Columns count characters.
      if (c == '\n')
        at_ = {at_.line + 1, 1};
      else if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80U)
        ++at_.column;
    }
  }

  const module_spec* spec_;
  const one_task& what_;
  std::string shown_;
  text_position at_{1, 1};
  text_position module_at_;
  text_position text_at_;
  std::vector<std::string> texts_;
  dict args_;
};

} // namespace

made_plan plan_of(const one_task& what, const std::string& command,
                  const module_spec* spec) {
  return word_reader{command, what, spec}.plan();
}

} // namespace troupe
