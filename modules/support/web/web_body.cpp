#include "modules/support/web/web_body.hpp"

#include "config/language/language.hpp"
#include "config/value/json.hpp"
#include "config/value/utf8.hpp"
#include "modules/support/commands/tool.hpp"
#include "modules/support/files/mime_type.hpp"
#include "modules/support/files/paths.hpp"

#include <fmt/format.h>

namespace troupe {

namespace {

constexpr size_t longest_part = size_t{64} << 20;

/// As a form in the web writes it.
std::string form_text(std::string_view text) {
  std::string out;
  for (auto c : text) {
    auto plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
                 || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-'
                 || c == '~';
    if (plain)
      out += c;
    else if (c == ' ')
      out += '+';
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// As Python shows it.
std::string shown_value(const value& x) {
  return x.is_bool() ? std::string{x.as_bool() ? "True" : "False"}
                     : to_display(x);
}

void add_field(std::string& to, std::string_view name, const value& text) {
  if (text.is_null())
    return;
  if (text.is_list()) {
    for (auto& each : text.as_list())
      add_field(to, name, each);
    return;
  }
  to += to.empty() ? "" : "&";
  to += form_text(name) + "=" + form_text(shown_value(text));
}

result<std::string> form_of(const value& body) {
  std::string out;
  if (body.is_text())
    return body.as_string();
  if (body.is_dict()) {
    for (auto& [name, text] : body.as_dict())
      add_field(out, to_display(name), text);
    return out;
  }
  auto wrong = error{errc::invalid_argument,
                     "a form is a dict, or a list of pairs of name and text"};
  if (!body.is_list())
    return wrong;
  for (auto& each : body.as_list()) {
    if (!each.is_list() || each.as_list().size() != 2)
      return wrong;
    auto& pair = each.as_list();
    add_field(out, to_display(*pair.begin()), *std::next(pair.begin()));
  }
  return out;
}

/// A name as it stands between quotes in a header.
result<std::string> quoted_name(const std::string& name) {
  if (!is_one_line(name))
    return error{errc::invalid_argument,
                 "a name in a form must be one line of text"};
  std::string out;
  for (auto c : name)
    out += c == '"' ? "%22" : std::string(1, c);
  return out;
}

struct form_part {
  std::string content;
  std::string file_name;
  std::string type = "text/plain";
};

result<form_part> read_part(const std::string& name, const value& from,
                            const module_context& ctx) {
  form_part out;
  if (from.is_text()) {
    out.content = from.as_string();
    return out;
  }
  if (!from.is_dict())
    return error{errc::invalid_argument,
                 fmt::format("'{}' of the form must be a text, or a dict with "
                             "content or filename",
                             name)};
  auto text = [&from](std::string_view key) {
    auto* x = from.as_dict().find(key);
    return x && !x->is_null() ? to_display(*x) : std::string{};
  };
  auto path = text("filename");
  out.file_name = base_name(path);
  out.content = text("content");
  if (path.empty() && !from.as_dict().find("content"))
    return error{errc::missing_argument,
                 fmt::format("'{}' of the form has neither content nor "
                             "filename",
                             name)};
  out.type = text("mime_type");
  if (from.as_dict().find("content"))
    return out;
  auto source = find_source(path, "files", ctx);
  if (!source)
    return source.why();
  auto content = ctx.machine.files().read(*source, longest_part);
  if (!content)
    return content.why();
  out.content = *std::move(content);
  return out;
}

result<std::string> multipart_of(const value& body, const std::string& border,
                                 const module_context& ctx) {
  if (!body.is_dict())
    return error{errc::invalid_argument,
                 "a form of several parts is a dict of them"};
  std::string out;
  for (auto& [key, from] : body.as_dict()) {
    auto name = quoted_name(to_display(key));
    if (!name)
      return name;
    auto part = read_part(*name, from, ctx);
    if (!part)
      return part.why();
    out.append("--").append(border).append("\r\n");
    out += fmt::format("Content-Disposition: form-data; name=\"{}\"", *name);
    if (!part->file_name.empty()) {
      auto file = quoted_name(part->file_name);
      if (!file)
        return file;
      out += fmt::format("; filename=\"{}\"", *file);
    }
    if (!is_one_line(part->type))
      return error{errc::invalid_argument, "mime_type must be one line"};
    if (part->type.empty())
      part->type = mime_type_of_bytes(part->content).type;
    out += fmt::format("\r\nContent-Type: {}\r\n\r\n", part->type);
    out.append(part->content).append("\r\n");
    if (out.size() > longest_part)
      return error{errc::exhausted, "the form is longer than 64 MiB"};
  }
  return out + "--" + border + "--\r\n";
}

constexpr std::string_view type_of_form = "application/x-www-form-urlencoded";

std::string_view type_of_format(std::string_view format) {
  return format == "json" ? "application/json" : type_of_form;
}

} // namespace

result<void> put_body(web_request& to, const value& body,
                      std::string_view format, const module_context& ctx) {
  result<std::string> text = body.is_text() ? body.as_string() : std::string{};
  std::string type{type_of_format(format)};
  if (format == "form-multipart") {
    auto unused = ctx.machine.files().unused_beside("/x");
    auto border
      = "------------------------" + unused.substr(unused.rfind('-') + 1);
    text = multipart_of(body, border, ctx);
    type = "multipart/form-data; boundary=" + border;
  } else if (format == "form-urlencoded")
    text = form_of(body);
  else if (format == "json" && !body.is_text())
    text = to_json(body, {.spaced = true, .ascii = true});
  else if (!body.is_text())
    text = error{errc::invalid_argument,
                 "a raw body is a text: say with body_format what shall "
                 "become of other values"};
  if (!text)
    return text.why();
  to.body = *std::move(text);
  to.has_body = true;
  add_header(to.headers, "Content-Type", type);
  return {};
}

void put_body_file(web_request& to, std::string path, std::string_view format) {
  to.body_file = std::move(path);
  to.has_body = true;
  add_header(to.headers, "Content-Type", std::string{type_of_format(format)});
}

std::string name_in_headers(const http_headers& headers) {
  auto* said = find_header(headers, "Content-Disposition");
  auto at = said ? said->find("filename=") : std::string::npos;
  if (at == std::string::npos)
    return {};
  auto name = std::string_view{*said}.substr(at + 9);
  if (name.starts_with('"'))
    name = name.substr(1, name.find('"', 1) - 1);
  else
    name = name.substr(0, name.find_first_of("; \t"));
  auto out = base_name(name);
  return out == "." || out == ".." || out == "/" ? std::string{} : out;
}

std::string text_of_body(std::string_view body, const http_headers& headers) {
  auto* type = find_header(headers, "Content-Type");
  auto at = type ? type->find("charset=") : std::string::npos;
  auto name = at == std::string::npos ? std::string{} : type->substr(at + 8);
  if (!is_header(name, "iso-8859-1") && !is_header(name, "latin-1")
      && !is_header(name, "\"iso-8859-1\""))
    return repair_utf8(std::string{body});
  std::string out;
  for (auto c : body) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      out += c;
    else {
      out += static_cast<char>(0xc0U | byte >> 6U);
      out += static_cast<char>(0x80U | (byte & 0x3fU));
    }
  }
  return out;
}

bool is_json_body(const http_headers& headers) {
  auto* type = find_header(headers, "Content-Type");
  if (!type)
    return false;
  auto name = type->substr(0, type->find(';'));
  return name.find("json") != std::string::npos
         || name.ends_with("/javascript");
}

} // namespace troupe
