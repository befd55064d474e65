#include "platform/posix/x509.hpp"

#include "platform/posix/crypto_error.hpp"

#include <algorithm>
#include <ctime>

namespace troupe {

namespace {

std::chrono::system_clock::time_point read_time(const mbedtls_x509_time& x) {
  std::tm parts{};
  parts.tm_year = x.year - 1900;
  parts.tm_mon = x.mon - 1;
  parts.tm_mday = x.day;
  parts.tm_hour = x.hour;
  parts.tm_min = x.min;
  parts.tm_sec = x.sec;
  // Those without an end say the year 9999, which a clock cannot.
  constexpr std::time_t latest = 9'000'000'000;
  return std::chrono::system_clock::from_time_t(
    std::clamp<std::time_t>(::timegm(&parts), 0, latest));
}

} // namespace

result<void> parse_certificates(const std::string& pem,
                                owned_certificates& out) {
  auto code = mbedtls_x509_crt_parse(&out.it, as_bytes(pem), pem.size() + 1);
  if (code < 0)
    return crypto_error(code, "expected a certificate in PEM form");
  if (code > 0)
    return error{errc::invalid_argument,
                 "one of the certificates in a text of several is damaged"};
  return {};
}

result<void> parse_secret(const std::string& pem, owned_key& out) {
  auto code
    = mbedtls_pk_parse_key(&out.it, as_bytes(pem), pem.size() + 1, nullptr, 0);
  if (code != 0)
    return crypto_error(code, "expected a private key in PEM form");
  return {};
}

result<certificate_facts> facts_of(const mbedtls_x509_crt& certificate) {
  certificate_facts out;
  auto uris = 0;
  for (auto* each = &certificate.subject_alt_names; each; each = each->next)
    if (each->buf.tag == uri_tag) {
      ++uris;
      if (each->buf.len <= longest_holder_name)
        out.uri.assign(reinterpret_cast<char*>(each->buf.p), each->buf.len);
    }
  // Which of them its authority meant for whom, nobody can know.
  if (uris > 1)
    return error{errc::permission_denied,
                 "the certificate has several URIs as names; expected one"};
  sha256 digest;
  digest.update(
    {reinterpret_cast<char*>(certificate.raw.p), certificate.raw.len});
  out.fingerprint = to_hex(digest.finish());
  out.serial = to_hex(
    {reinterpret_cast<char*>(certificate.serial.p), certificate.serial.len});
  out.from = read_time(certificate.valid_from);
  out.until = read_time(certificate.valid_to);
  out.authority = certificate.ca_istrue != 0;
  return out;
}

} // namespace troupe
