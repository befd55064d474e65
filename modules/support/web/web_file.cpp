#include "modules/support/web/web_file.hpp"

#include "modules/support/files/paths.hpp"
#include "modules/support/web/web_client.hpp"

#include <fmt/format.h>

namespace troupe {

web_file::~web_file() {
  if (!path_.empty())
    static_cast<void>(ctx_.machine.files().remove(path_));
}

result<std::string> web_file::load(const std::string& url, bool verify) {
  web_terms terms;
  terms.agent = "ansible-httpget";
  terms.verify = verify;
  web_request request;
  request.url = url;
  path_ = ctx_.machine.files().unused_beside(
    joined(ctx_.temporary_directory, "loaded"));
  request.save_as = path_;
  request.use = [](const http_head& head) {
    return head.status == 200 ? body_use::save : body_use::skip;
  };
  auto answer = ask_web(request, terms, ctx_);
  if (!answer)
    return answer.why();
  if (answer->head.status != 200)
    return error{errc::network,
                 fmt::format("Request failed: {}: {}", url, answer->msg())};
  return path_;
}

} // namespace troupe
