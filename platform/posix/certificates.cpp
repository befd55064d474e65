#include "platform/certificates.hpp"

#include "platform/posix/crypto_error.hpp"
#include "platform/posix/x509.hpp"

#include <mbedtls/oid.h>

#include <algorithm>
#include <ctime>

namespace troupe {

namespace {

using system_time = std::chrono::system_clock::time_point;
using owned_request = mbedtls_owner<mbedtls_x509_csr, mbedtls_x509_csr_init,
                                    mbedtls_x509_csr_free>;
using request_writer
  = mbedtls_owner<mbedtls_x509write_csr, mbedtls_x509write_csr_init,
                  mbedtls_x509write_csr_free>;
using certificate_writer
  = mbedtls_owner<mbedtls_x509write_cert, mbedtls_x509write_crt_init,
                  mbedtls_x509write_crt_free>;
using owned_number
  = mbedtls_owner<mbedtls_mpi, mbedtls_mpi_init, mbedtls_mpi_free>;

constexpr size_t serial_bytes = 16;
constexpr size_t most_pem = 4096;

/// "20261231235959", as certificates write times.
std::string written_time(system_time at) {
  auto seconds = std::chrono::system_clock::to_time_t(at);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  auto n = std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &parts);
  return {text, n};
}

result<void> check_name(const std::string& name) {
  // Those of authorities stand in a list that has commas between its parts.
  auto fits = [](char c) {
    return c > ' ' && c < 127
           && std::string_view{",+=\\\""}.find(c) == std::string_view::npos;
  };
  if (name.empty() || name.size() > longest_holder_name
      || !std::all_of(name.begin(), name.end(), fits))
    return error{errc::invalid_argument,
                 "the name in a certificate must have 1 to 200 printable "
                 "characters of ASCII, none of them a blank or one of ,+=\\\""};
  return {};
}

/// The alternative names as they stand in the certificate: a sequence with one
/// URI. Both lengths need at most two bytes (`longest_holder_name`).
std::string written_uri(const std::string& uri) {
  auto length = [](size_t n) {
    std::string out;
    if (n >= 128)
      out += '\x81';
    return out += static_cast<char>(n);
  };
  auto inner = static_cast<char>(uri_tag) + length(uri.size()) + uri;
  return "\x30" + length(inner.size()) + inner;
}

struct named_key {
  mbedtls_pk_context* key = nullptr;
  std::string name;
};

int name_both(certificate_writer& made, const named_key& holder,
              const named_key& issuer) {
  mbedtls_x509write_crt_set_subject_key(&made.it, holder.key);
  mbedtls_x509write_crt_set_issuer_key(&made.it, issuer.key);
  auto code
    = mbedtls_x509write_crt_set_subject_name(&made.it, holder.name.c_str());
  return code != 0 ? code
                   : mbedtls_x509write_crt_set_issuer_name(&made.it,
                                                           issuer.name.c_str());
}

/// What a holder has beside its key: a name, and that it may only show itself.
int add_uri(certificate_writer& made, const std::string& uri) {
  auto code = mbedtls_x509write_crt_set_basic_constraints(&made.it, 0, -1);
  if (code == 0)
    code = mbedtls_x509write_crt_set_key_usage(
      &made.it, MBEDTLS_X509_KU_DIGITAL_SIGNATURE);
  if (code == 0)
    code = mbedtls_x509write_crt_set_authority_key_identifier(&made.it);
  auto names = written_uri(uri);
  return code != 0 ? code
                   : mbedtls_x509write_crt_set_extension(
                     &made.it, MBEDTLS_OID_SUBJECT_ALT_NAME,
                     MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME), 0,
                     as_bytes(names), names.size());
}

/// Writes what all certificates have, and signs it.
result<std::string> signed_certificate(certificate_writer& made,
                                       const certificate_terms& terms) {
  auto drawn = random_bytes(serial_bytes);
  if (!drawn)
    return drawn.why();
  // A positive number without leading zeros.
  drawn->front() = static_cast<char>((drawn->front() & 0x3F) | 0x40);
  owned_number serial;
  auto code
    = mbedtls_mpi_read_binary(&serial.it, as_bytes(*drawn), drawn->size());
  mbedtls_x509write_crt_set_version(&made.it, MBEDTLS_X509_CRT_VERSION_3);
  mbedtls_x509write_crt_set_md_alg(&made.it, MBEDTLS_MD_SHA256);
  if (code == 0)
    code = mbedtls_x509write_crt_set_serial(&made.it, &serial.it);
  if (code == 0)
    code = mbedtls_x509write_crt_set_validity(
      &made.it, written_time(terms.from).c_str(),
      written_time(terms.until).c_str());
  unsigned char text[most_pem];
  if (code == 0)
    code = mbedtls_x509write_crt_pem(&made.it, text, sizeof text,
                                     random_for_mbedtls, nullptr);
  if (code != 0)
    return crypto_error(code, "cannot make a certificate");
  return std::string{reinterpret_cast<char*>(text)};
}

bool is_p256(const mbedtls_pk_context& key) {
  return mbedtls_pk_can_do(&key, MBEDTLS_PK_ECDSA)
         && mbedtls_pk_ec(key)->grp.id == MBEDTLS_ECP_DP_SECP256R1;
}

result<void> parse_request(const std::string& pem, owned_request& out) {
  auto code = mbedtls_x509_csr_parse(&out.it, as_bytes(pem), pem.size() + 1);
  if (code != 0)
    return crypto_error(code, "expected a certificate request in PEM form");
  auto& x = out.it;
  unsigned char digest[MBEDTLS_MD_MAX_SIZE];
  auto* kind = mbedtls_md_info_from_type(x.sig_md);
  if (!kind || x.sig_md != MBEDTLS_MD_SHA256 || !is_p256(x.pk))
    return error{errc::invalid_argument,
                 "expected a request with a key of the curve P-256, signed "
                 "over SHA-256"};
  if (mbedtls_md(kind, x.cri.p, x.cri.len, digest) != 0
      || mbedtls_pk_verify(&x.pk, x.sig_md, digest, mbedtls_md_get_size(kind),
                           x.sig.p, x.sig.len)
           != 0)
    return error{errc::invalid_argument,
                 "the request is not signed by the key that is in it"};
  return {};
}

result<std::string> written_point(const mbedtls_pk_context& key) {
  unsigned char text[1024];
  auto copy = key;
  auto code = mbedtls_pk_write_pubkey_pem(&copy, text, sizeof text);
  if (code != 0)
    return crypto_error(code, "cannot read the public key");
  return public_point(reinterpret_cast<char*>(text));
}

} // namespace

result<certificate_facts> read_certificate(const std::string& pem) {
  owned_certificates parsed;
  if (auto ok = parse_certificates(pem, parsed); !ok)
    return ok.why();
  return facts_of(parsed.it);
}

result<certified_key> make_authority(const certificate_terms& terms) {
  if (auto ok = check_name(terms.name); !ok)
    return ok.why();
  auto pair = make_key_pair();
  if (!pair)
    return pair.why();
  owned_key key;
  if (auto ok = parse_secret(pair->secret, key); !ok)
    return ok.why();
  certificate_writer made;
  auto name = "CN=" + terms.name;
  auto code = name_both(made, {&key.it, name}, {&key.it, name});
  // No authority below this one.
  if (code == 0)
    code = mbedtls_x509write_crt_set_basic_constraints(&made.it, 1, 0);
  if (code == 0)
    code = mbedtls_x509write_crt_set_key_usage(
      &made.it, MBEDTLS_X509_KU_KEY_CERT_SIGN | MBEDTLS_X509_KU_CRL_SIGN);
  if (code == 0)
    code = mbedtls_x509write_crt_set_subject_key_identifier(&made.it);
  if (code != 0)
    return crypto_error(code, "cannot make an authority");
  auto text = signed_certificate(made, terms);
  if (!text)
    return text.why();
  return certified_key{std::move(*text), std::move(pair->secret)};
}

result<std::string> make_request(const std::string& key) {
  owned_key parsed;
  if (auto ok = parse_secret(key, parsed); !ok)
    return ok.why();
  request_writer made;
  mbedtls_x509write_csr_set_md_alg(&made.it, MBEDTLS_MD_SHA256);
  mbedtls_x509write_csr_set_key(&made.it, &parsed.it);
  unsigned char text[most_pem];
  auto code = mbedtls_x509write_csr_set_subject_name(&made.it, "CN=unnamed");
  if (code == 0)
    code = mbedtls_x509write_csr_pem(&made.it, text, sizeof text,
                                     random_for_mbedtls, nullptr);
  if (code != 0)
    return crypto_error(code, "cannot make a certificate request");
  return std::string{reinterpret_cast<char*>(text)};
}

result<std::string> point_of_request(const std::string& request) {
  owned_request parsed;
  if (auto ok = parse_request(request, parsed); !ok)
    return ok.why();
  return written_point(parsed.it.pk);
}

result<std::string> sign_request(const std::string& request,
                                 const certified_key& authority,
                                 const certificate_terms& terms) {
  if (auto ok = check_name(terms.name); !ok)
    return ok.why();
  owned_request asked;
  if (auto ok = parse_request(request, asked); !ok)
    return ok.why();
  owned_key key;
  owned_certificates issuer;
  if (auto ok = parse_secret(authority.secret, key); !ok)
    return ok.why();
  if (auto ok = parse_certificates(authority.certificate, issuer); !ok)
    return ok.why();
  char issued_by[256];
  auto code
    = mbedtls_x509_dn_gets(issued_by, sizeof issued_by, &issuer.it.subject);
  if (code < 0)
    return crypto_error(code, "cannot read the authority's name");
  certificate_writer made;
  code = name_both(made, {&asked.it.pk, "CN=troupe"}, {&key.it, issued_by});
  if (code == 0)
    code = add_uri(made, terms.name);
  if (code != 0)
    return crypto_error(code, "cannot make a certificate");
  return signed_certificate(made, terms);
}

} // namespace troupe
