"""Web pages that a module fetches, by Python's own client."""

import base64
import http.client
import socket
import ssl
import urllib.error
import urllib.request

from ansible.module_utils.common.text.converters import to_bytes, to_native


class ConnectionError(Exception):
    pass


class SSLValidationError(ConnectionError):
    pass


def url_argument_spec():
    return {"url": {"type": "str"},
            "force": {"type": "bool", "default": False},
            "http_agent": {"type": "str", "default": "ansible-httpget"},
            "use_proxy": {"type": "bool", "default": True},
            "validate_certs": {"type": "bool", "default": True},
            "url_username": {"type": "str"},
            "url_password": {"type": "str", "no_log": True},
            "force_basic_auth": {"type": "bool", "default": False},
            "client_cert": {"type": "path"},
            "client_key": {"type": "path"},
            "use_gssapi": {"type": "bool", "default": False}}


def basic_auth_header(username, password):
    return b"Basic " + base64.b64encode(
        to_bytes("%s:%s" % (username, password or "")))


def open_url(url, data=None, headers=None, method=None, use_proxy=True,
             force=False, last_mod_time=None, timeout=10, validate_certs=True,
             url_username=None, url_password=None, http_agent=None,
             force_basic_auth=False, follow_redirects="urllib2",
             client_cert=None, client_key=None, cookies=None, ca_path=None,
             **unused):
    """Asks a server; answers as urllib does."""
    context = ssl.create_default_context(cafile=ca_path)
    if not validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if client_cert:
        context.load_cert_chain(client_cert, client_key)
    parts = [urllib.request.HTTPSHandler(context=context)]
    if not use_proxy:
        parts.append(urllib.request.ProxyHandler({}))
    if cookies is not None:
        parts.append(urllib.request.HTTPCookieProcessor(cookies))
    if follow_redirects in ("no", "none", False):
        class stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *words):
                return None
        parts.append(stay())
    asked = urllib.request.Request(
        url, data=None if data is None else to_bytes(data),
        method=method and method.upper())
    for name, x in (headers or {}).items():
        asked.add_header(name, x)
    if http_agent:
        asked.add_header("User-agent", http_agent)
    if force:
        asked.add_header("cache-control", "no-cache")
    if last_mod_time:
        asked.add_header("If-Modified-Since", last_mod_time.strftime(
            "%a, %d %b %Y %H:%M:%S GMT"))
    if url_username and force_basic_auth:
        asked.add_header("Authorization", to_native(
            basic_auth_header(url_username, url_password)))
    elif url_username:
        words = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        words.add_password(None, url, url_username, url_password)
        parts += [urllib.request.HTTPBasicAuthHandler(words),
                  urllib.request.HTTPDigestAuthHandler(words)]
    return urllib.request.build_opener(*parts).open(asked, None, timeout)


def fetch_url(module, url, data=None, headers=None, method=None,
              use_proxy=None, force=False, last_mod_time=None, timeout=10,
              **more):
    """An answer, or None, and what is to be known of it."""
    params = module.params
    info = {"url": url, "status": -1}
    if use_proxy is None:
        use_proxy = params.get("use_proxy", True)
    for name in ("validate_certs", "url_username", "url_password",
                 "http_agent", "force_basic_auth", "client_cert",
                 "client_key"):
        if params.get(name) is not None:
            more.setdefault(name, params[name])
    try:
        answer = open_url(url, data, headers, method, use_proxy, force,
                          last_mod_time, timeout, **more)
        info.update({k.lower(): v for k, v in answer.info().items()})
        info.update(url=answer.geturl(), status=answer.getcode(),
                    msg="OK (%s bytes)" % answer.headers.get(
                        "Content-Length", "unknown"))
        return answer, info
    except urllib.error.HTTPError as problem:
        info.update({k.lower(): v for k, v in problem.info().items()})
        info.update(msg=to_native(problem), status=problem.code,
                    body=problem.read())
        return None, info
    except (urllib.error.URLError, socket.error, ssl.SSLError,
            http.client.HTTPException) as problem:
        info.update(msg="Request failed: %s" % to_native(problem),
                    status=int(getattr(problem, "code", -1)))
        return None, info
