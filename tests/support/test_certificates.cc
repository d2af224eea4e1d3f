#include "tests/support/test_certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace itn::tests {

namespace {

constexpr long one_day = 24L * 60 * 60;

void check(bool done, const char* what) {
    if (!done) throw std::runtime_error(std::string("certificates: ") + what);
}

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

struct Signed {
    Key key;
    Certificate certificate;
};

void extend(X509* certificate, X509* issuer, int kind, const char* value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    auto* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    check(extension != nullptr, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// `issuer` null: signs itself, an authority.
Signed make(const char* name, const Signed* issuer, const char* alternative_names) {
    static long serial = 1;
    Signed made{.key = Key(EVP_EC_gen("P-256")), .certificate = Certificate(X509_new())};
    check(made.key && made.certificate, "key");
    auto* certificate = made.certificate.get();
    auto* parent = issuer != nullptr ? issuer->certificate.get() : certificate;
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -one_day);
    X509_gmtime_adj(X509_getm_notAfter(certificate), one_day);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(parent));
    X509_set_pubkey(certificate, made.key.get());
    extend(certificate, parent, NID_basic_constraints,
           issuer != nullptr ? "critical,CA:FALSE" : "critical,CA:TRUE");
    if (alternative_names != nullptr)
        extend(certificate, parent, NID_subject_alt_name, alternative_names);
    auto* signing = issuer != nullptr ? issuer->key.get() : made.key.get();
    check(X509_sign(certificate, signing, EVP_sha256()) > 0, "sign");
    return made;
}

void write(const std::string& path, const Signed& made, bool with_key) {
    const std::unique_ptr<std::FILE, Free> file(std::fopen((path + ".pem").c_str(), "w"));
    check(file && PEM_write_X509(file.get(), made.certificate.get()) == 1, "write");
    if (!with_key) return;
    const std::unique_ptr<std::FILE, Free> key(std::fopen((path + ".key").c_str(), "w"));
    check(key && PEM_write_PrivateKey(key.get(), made.key.get(), nullptr, nullptr, 0, nullptr,
                                      nullptr) == 1,
          "write key");
}

}  // namespace

void write_test_certificates(const std::string& directory) {
    const Signed authority = make("test authority", nullptr, nullptr);
    write(directory + "/ca", authority, false);
    write(directory + "/server", make("localhost", &authority, "DNS:localhost,IP:127.0.0.1"), true);
    write(directory + "/client", make("client", &authority, nullptr), true);
    write(directory + "/other_ca", make("other authority", nullptr, nullptr), false);
}

}  // namespace itn::tests
