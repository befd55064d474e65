#pragma once

#include "modules/module.hpp"
#include "modules/support/web/web_client.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// Gives a request the body that a task describes: as `raw`, `json`,
/// `form-urlencoded` or `form-multipart` (`format`), with the header that says
/// what it is, unless the task has one.
result<void> put_body(web_request& to, const value& body,
                      std::string_view format, const module_context& ctx);

/// The same with a file as the body.
void put_body_file(web_request& to, std::string path, std::string_view format);

/// Whether the headers say that the body is JSON.
bool is_json_body(const http_headers& headers);

/// The name that a server wants a file to have (`Content-Disposition`), but
/// for folders in it; empty: none.
std::string name_in_headers(const http_headers& headers);

/// A text in the character set that its headers name: ISO 8859-1, or UTF-8,
/// in which bytes that are none are replaced.
std::string text_of_body(std::string_view body, const http_headers& headers);

} // namespace troupe
