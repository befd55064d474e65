#include "actors/fleet/web_page.hpp"

#include <algorithm>
#include <array>

namespace troupe {

namespace {

constexpr std::string_view files_below = "/page/";

/// What the first word of a path is that leads to a part of the page; what
/// follows it is the page's own business.
constexpr std::array<std::string_view, 6> page_parts{
  "", "hosts", "runs", "compare", "enrolments", "audit"};

struct page_type {
  std::string_view ending;
  const char* type;
};

constexpr std::array<page_type, 4> page_types{{
  {".html", "text/html; charset=utf-8"},
  {".css", "text/css; charset=utf-8"},
  {".js", "text/javascript; charset=utf-8"},
  {".svg", "image/svg+xml"},
}};

// Nothing but the page's own files, no code inside of a text, and nobody shows
// the page inside of his.
constexpr const char* page_policy
  = "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'";

server_answer shown_file(const page_file& file) {
  server_answer out;
  out.type = "application/octet-stream";
  for (auto& each : page_types)
    if (file.name.ends_with(each.ending))
      out.type = each.type;
  out.body = file.content;
  out.headers = {{"Content-Security-Policy", page_policy},
                 {"Referrer-Policy", "no-referrer"},
                 {"X-Frame-Options", "DENY"},
                 {"Cross-Origin-Opener-Policy", "same-origin"},
                 {"Cross-Origin-Resource-Policy", "same-origin"}};
  return out;
}

std::optional<server_answer> file_called(std::string_view name) {
  for (auto& each : page_files())
    if (each.name == name)
      return shown_file(each);
  return std::nullopt;
}

} // namespace

std::optional<server_answer> page_answer(const server_request& request) {
  if (request.method != "GET" && request.method != "HEAD")
    return std::nullopt;
  std::string_view path{request.path};
  if (path.starts_with(files_below))
    return file_called(path.substr(files_below.size()));
  path.remove_prefix(1);
  auto part = path.substr(0, path.find('/'));
  if (part.size() < path.size() && part.empty())
    return std::nullopt;
  if (std::find(page_parts.begin(), page_parts.end(), part) == page_parts.end())
    return std::nullopt;
  return file_called("index.html");
}

} // namespace troupe
