#include "tests/support/source_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace troupe::test {

namespace {

bool is_word(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
         || (c >= 'A' && c <= 'Z');
}

/// Lines for the preprocessor are no code.
std::string without_directives(std::string_view code) {
  std::string out;
  while (!code.empty()) {
    auto end = std::min(code.find('\n'), code.size() - 1) + 1;
    auto line = code.substr(0, end);
    code.remove_prefix(end);
    if (!line.starts_with('#'))
      out += line;
  }
  return out;
}

/// The name of the function that `head`, what stands before its body or its
/// semicolon, declares; empty where it declares something else.
std::string function_name(std::string_view head) {
  auto open = head.find('(');
  if (open == std::string_view::npos
      || head.substr(0, open).find('=') != std::string_view::npos)
    return {};
  auto start = open;
  while (start > 0 && is_word(head[start - 1]))
    --start;
  auto before = head.substr(0, start);
  auto type = before.find_last_not_of(" \n");
  // Without a type it is a macro, with a scope a member.
  if (start == open || type == std::string_view::npos || before[type] == ':')
    return {};
  return std::string{head.substr(start, open - start)};
}

/// Names of the functions at namespace level.
struct functions {
  std::set<std::string> named;
  /// Those of unnamed namespaces.
  std::set<std::string> unnamed;
};

functions functions_of(std::string_view text) {
  functions out;
  enum class scope { named, unnamed, other };
  std::vector<scope> open;
  std::string head;
  auto code = without_directives(text);
  auto add = [&] {
    auto inside = std::count(open.begin(), open.end(), scope::unnamed) > 0;
    if (auto name = function_name(head); !name.empty())
      (inside ? out.unnamed : out.named).insert(name);
  };
  for (auto c : code) {
    bool outside = open.empty() || open.back() != scope::other;
    if (c == '}') {
      if (!open.empty())
        open.pop_back();
    } else if (c == '{' && !outside) {
      open.push_back(scope::other);
    } else if (c == '{') {
      auto start = std::min(head.find_first_not_of(" \n"), head.size());
      auto words = std::string_view{head}.substr(start);
      bool space = words.starts_with("namespace");
      if (!space)
        add();
      open.push_back(!space ? scope::other
                     : words.find_first_not_of(" \n", 9) == words.npos
                       ? scope::unnamed
                       : scope::named);
    } else if (c == ';' && outside) {
      add();
    } else if (outside) {
      head += c;
      continue;
    }
    head.clear();
  }
  return out;
}

/// Whether `code` calls the function `name` without an object or a namespace
/// before it.
bool calls_plainly(const std::string& code, const std::string& name) {
  auto call = name + "(";
  // Another thing of that name within a function.
  if (code.find("auto " + name + " = ") != std::string::npos)
    return false;
  for (auto at = code.find(call); at != std::string::npos;
       at = code.find(call, at + 1)) {
    auto before = at == 0 ? '\n' : code[at - 1];
    if (!is_word(before) && before != '.' && before != ':' && before != '>')
      return true;
  }
  return false;
}

/// The files that one includes, and those that these include.
std::set<std::string>
headers_of(const std::string& path,
           const std::map<std::string, std::string>& files) {
  constexpr std::string_view mark = "#include \"";
  std::set<std::string> out;
  std::vector<std::string> open{path};
  while (!open.empty()) {
    auto text = files.find(open.back());
    open.pop_back();
    if (text == files.end())
      continue;
    auto& in = text->second;
    for (auto at = in.find(mark); at != in.npos; at = in.find(mark, at + 1)) {
      auto start = at + mark.size();
      auto name = in.substr(start, in.find('"', start) - start);
      if (files.contains(name) && out.insert(name).second)
        open.push_back(name);
    }
  }
  return out;
}

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

} // namespace

std::string code_of(std::string_view in) {
  std::string out;
  auto skip_to = [&](std::string_view end) {
    auto at = in.find(end);
    in.remove_prefix(at == std::string_view::npos ? in.size()
                                                  : at + end.size());
  };
  while (!in.empty()) {
    auto c = in.front();
    if (in.starts_with("//")) {
      in.remove_prefix(std::min(in.find('\n'), in.size()));
    } else if (in.starts_with("/*")) {
      skip_to("*/");
    } else if (in.starts_with("R\"") && (out.empty() || !is_word(out.back()))) {
      auto open = in.find('(');
      auto end = fmt::format("){}\"", in.substr(2, open - 2));
      in.remove_prefix(open);
      skip_to(end);
    } else if (c == '"'
               || (c == '\'' && (out.empty() || !is_word(out.back())))) {
      size_t i = 1;
      while (i < in.size() && in[i] != c)
        i += in[i] == '\\' ? 2 : 1;
      in.remove_prefix(std::min(i + 1, in.size()));
    } else {
      out += c;
      in.remove_prefix(1);
    }
  }
  return out;
}

std::vector<std::string> source_files(const std::string& root,
                                      const std::vector<std::string>& folders) {
  std::vector<std::string> out;
  for (auto& folder : folders)
    for (auto& each :
         std::filesystem::recursive_directory_iterator{root + "/" + folder})
      if (auto ending = each.path().extension();
          ending == ".cpp" || ending == ".hpp")
        out.push_back(each.path().lexically_relative(root).string());
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string>
hidden_calls(const std::map<std::string, std::string>& files) {
  std::map<std::string, std::string> code;
  std::map<std::string, functions> found;
  for (auto& [path, text] : files)
    found[path] = functions_of(code[path] = code_of(text));
  std::vector<std::string> out;
  for (auto& [caller, text] : files) {
    if (!caller.ends_with(".cpp"))
      continue;
    auto headers = headers_of(caller, files);
    for (auto& [path, hiding] : found)
      if (path != caller && folder_of(path) == folder_of(caller))
        for (auto& name : hiding.unnamed)
          for (auto& header : headers)
            if (found[header].named.contains(name)
                && calls_plainly(code[caller], name))
              out.push_back(fmt::format("{} hides {} of {} from {}", path, name,
                                        header, caller));
  }
  return out;
}

} // namespace troupe::test
