#include "config/language/library/path_text.hpp"

#include "config/language/python/convert.hpp"

namespace troupe {

result<std::string> path_of(const value& x) {
  if (is_strict_undefined(x))
    return undefined_error(x);
  if (!x.is_text())
    return failure(errc::type,
                   "expected str, bytes or os.PathLike object, not {}",
                   python_type(x));
  return x.as_string();
}

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::string dir_name(const std::string& path) {
  auto head = path.substr(0, path.rfind('/') + 1);
  if (head.find_first_not_of('/') == head.npos)
    return head;
  return head.substr(0, head.find_last_not_of('/') + 1);
}

std::pair<std::string, std::string> split_drive(const std::string& path) {
  auto slash = [&](size_t i) {
    return i < path.size() && (path[i] == '\\' || path[i] == '/');
  };
  if (slash(0) && slash(1)) {
    auto host = path.find_first_of("\\/", 2);
    if (host == path.npos)
      return {path, ""};
    auto share = path.find_first_of("\\/", host + 1);
    if (share == path.npos)
      return {path, ""};
    return {path.substr(0, share), path.substr(share)};
  }
  if (path.size() > 1 && path[1] == ':')
    return {path.substr(0, 2), path.substr(2)};
  return {"", path};
}

std::string windows_base_name(const std::string& path) {
  auto rest = split_drive(path).second;
  return rest.substr(rest.find_last_of("\\/") + 1);
}

std::string windows_dir_name(const std::string& path) {
  auto [drive, rest] = split_drive(path);
  auto head = rest.substr(0, rest.find_last_of("\\/") + 1);
  auto last = head.find_last_not_of("\\/");
  if (last != head.npos)
    head = head.substr(0, last + 1);
  return drive + head;
}

std::pair<std::string, std::string> split_extension(const std::string& path) {
  auto name = path.rfind('/') + 1;
  auto dot = path.rfind('.');
  auto first = path.find_first_not_of('.', name);
  if (dot == path.npos || first == path.npos || dot < first)
    return {path, ""};
  return {path.substr(0, dot), path.substr(dot)};
}

std::string join_paths(const std::string& a, const std::string& b) {
  if (b.starts_with('/') || a.empty())
    return b;
  return a.ends_with('/') ? a + b : a + "/" + b;
}

std::string normal_path(const std::string& path) {
  if (path.empty())
    return ".";
  auto absolute = path[0] == '/';
  std::vector<std::string> parts;
  for (size_t i = 0; i <= path.size();) {
    auto end = std::min(path.find('/', i), path.size());
    auto part = path.substr(i, end - i);
    i = end + 1;
    if (part.empty() || part == ".")
      continue;
    if (part != ".." || (!absolute && parts.empty())
        || (!parts.empty() && parts.back() == ".."))
      parts.push_back(part);
    else if (!parts.empty())
      parts.pop_back();
  }
  // Two leading slashes, but not three, mean something of their own.
  auto two = path.starts_with("//") && !path.starts_with("///");
  std::string out = !absolute ? "" : two ? "//" : "/";
  for (size_t i = 0; i < parts.size(); ++i)
    out += (i ? "/" : "") + parts[i];
  return out.empty() ? "." : out;
}

std::string path_between(const std::string& start, const std::string& path) {
  auto parts_of = [](const std::string& x) {
    std::vector<std::string> parts;
    for (size_t i = 0; i <= x.size();) {
      auto end = std::min(x.find('/', i), x.size());
      if (end > i)
        parts.push_back(x.substr(i, end - i));
      i = end + 1;
    }
    return parts;
  };
  auto from = parts_of(start);
  auto to = parts_of(path);
  size_t common = 0;
  while (common < from.size() && common < to.size()
         && from[common] == to[common])
    ++common;
  std::string out;
  auto add
    = [&](const std::string& part) { out += (out.empty() ? "" : "/") + part; };
  for (auto i = common; i < from.size(); ++i)
    add("..");
  for (auto i = common; i < to.size(); ++i)
    add(to[i]);
  return out.empty() ? "." : out;
}

} // namespace troupe
