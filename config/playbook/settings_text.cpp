#include "config/playbook/settings_text.hpp"

#include "config/plan/plan_text.hpp"

#include <fmt/format.h>

#include <set>

namespace troupe {

namespace {

class settings_text_reader {
public:
  explicit settings_text_reader(const std::string& path) : path_{path} {
  }

  result<void> take(std::string_view line) {
    ++line_;
    auto body = trimmed(without_comment(line));
    if (body.empty()) {
      // An empty line does not end a value, a comment does not either.
      return {};
    }
    bool indented = line[0] == ' ' || line[0] == '\t';
    if (indented && !out_.empty() && goes_on_) {
      out_.back().text += out_.back().text.empty() ? "" : "\n";
      out_.back().text += body;
      return {};
    }
    if (body[0] == '[' && body.find(']') != body.npos) {
      section_ = body.substr(1, body.find(']') - 1);
      goes_on_ = false;
      if (!sections_.insert(section_).second)
        return refuse(fmt::format("the section [{}] is there twice", section_));
      return {};
    }
    return add(body);
  }

  std::vector<settings_entry> take_all() {
    return std::move(out_);
  }

private:
  error refuse(const std::string& what) const {
    return {errc::invalid_argument,
            fmt::format("{}:{}:1: {}", path_, line_, what)};
  }

  static std::string_view without_comment(std::string_view line) {
    auto body = trimmed(line);
    if (body.empty() || body[0] == '#' || body[0] == ';')
      return {};
    for (size_t i = 1; i < line.size(); ++i)
      if (line[i] == ';' && (line[i - 1] == ' ' || line[i - 1] == '\t'))
        return line.substr(0, i);
    return line;
  }

  result<void> add(std::string_view body) {
    auto sign = body.find_first_of("=:");
    if (body[0] == '[' && (section_.empty() || sign == body.npos))
      return refuse("the heading of a section that begins with '[' has no "
                    "']'");
    if (section_.empty())
      return refuse("a setting needs a section above it, such as [defaults]");
    if (sign == body.npos || sign == 0)
      return refuse("expected 'name = value'");
    std::string key;
    for (auto c : trimmed(body.substr(0, sign)))
      key += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    if (!keys_.insert(section_ + "." + key).second)
      return refuse(fmt::format("'{}' is there twice in [{}]", key, section_));
    out_.push_back(
      {section_, key, std::string{trimmed(body.substr(sign + 1))}, line_});
    goes_on_ = true;
    return {};
  }

  const std::string& path_;
  std::vector<settings_entry> out_;
  std::string section_;
  std::set<std::string> sections_;
  std::set<std::string> keys_;
  uint32_t line_ = 0;
  // The next line may belong to the last value.
  bool goes_on_ = false;
};

} // namespace

result<std::vector<settings_entry>>
read_settings_text(std::string_view text, const std::string& path) {
  settings_text_reader reader{path};
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (!line.empty())
      if (auto taken = reader.take(line); !taken)
        return taken.why();
    if (line.empty())
      if (auto taken = reader.take(" "); !taken)
        return taken.why();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reader.take_all();
}

} // namespace troupe
