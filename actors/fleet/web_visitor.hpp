#pragma once

#include "actors/fleet/web_paths.hpp"
#include "actors/fleet/web_sessions.hpp"
#include "platform/web/server_request.hpp"

namespace troupe {

/// Who asks over HTTP: with a token of his own, or from the page with the
/// cookie of his session.
struct web_visitor {
  web_holder who;
  /// See `web_session`; empty for who has come with a token.
  std::string guard;
};

/// Nothing without a token or a session that is good now. A token goes first.
std::optional<web_visitor> visitor_of(const server_request& request,
                                      const web_keys& keys,
                                      web_sessions& sessions, store_time now);

/// Whether a role may use a path.
bool may_use(link_role role, web_access access);

/// Whether a request comes from where it says, as far as browsers tell: what
/// changes something has to say the guard of its session, and no request of
/// another site may. Programs, which have a token, need not.
bool is_own_request(const server_request& request, const web_visitor& visitor);

/// Whether the page of another site has made a browser send it.
bool is_foreign(const server_request& request);

/// What the cookie of a session is called: other controllers of this machine
/// have theirs, and browsers do not tell ports apart.
std::string cookie_name(const server_request& request);

/// The secret in the cookie of a request; empty: there is none.
std::string cookie_secret(const server_request& request);

/// The header that gives a browser the cookie, and takes it away with an empty
/// secret.
std::string cookie_header(const server_request& request,
                          const std::string& secret);

} // namespace troupe
