#include "common/messaging/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>
#include <stdexcept>

#include "common/base/ensure.h"

namespace itn::messaging {

namespace {

std::string last_error() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (code == 0) return "no reason given";
    std::array<char, 256> text{};
    ERR_error_string_n(code, text.data(), text.size());
    return text.data();
}

[[noreturn]] void unusable(const std::string& what, const std::string& file) {
    throw std::runtime_error("TLS: cannot use " + what + " '" + file + "': " + last_error());
}

bool is_address(const std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

}  // namespace

TlsContext::TlsContext(const TlsOptions& options) : context_(SSL_CTX_new(TLS_client_method())) {
    ENSURE(context_ != nullptr);
    ERR_clear_error();
    SSL_CTX_set_min_proto_version(get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(get(), SSL_MODE_RELEASE_BUFFERS);
    if (options.ca_file.empty()) {
        if (SSL_CTX_set_default_verify_paths(get()) != 1) unusable("the system's CA files", "");
    } else if (SSL_CTX_load_verify_locations(get(), options.ca_file.c_str(), nullptr) != 1) {
        unusable("the CA file", options.ca_file);
    }
    if (options.certificate_file.empty()) return;
    if (SSL_CTX_use_certificate_chain_file(get(), options.certificate_file.c_str()) != 1)
        unusable("the certificate", options.certificate_file);
    if (SSL_CTX_use_PrivateKey_file(get(), options.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        unusable("the key", options.key_file);
}

TlsSession::TlsSession(const TlsContext& context, const std::string& host)
    : session_(SSL_new(context.get())),
      incoming_(BIO_new(BIO_s_mem())),
      outgoing_(BIO_new(BIO_s_mem())) {
    ENSURE(session_ && incoming_ && outgoing_);
    SSL_set_bio(session_.get(), incoming_, outgoing_);
    SSL_set_connect_state(session_.get());
    if (is_address(host)) {
        ENSURE(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session_.get()), host.c_str()) == 1);
    } else {
        ENSURE(SSL_set1_host(session_.get(), host.c_str()) == 1);
        SSL_set_tlsext_host_name(session_.get(), host.c_str());
    }
}

void TlsSession::fail(const std::string& doing) const {
    const long verdict = SSL_get_verify_result(session_.get());
    const std::string why =
        verdict == X509_V_OK ? last_error() : X509_verify_cert_error_string(verdict);
    ERR_clear_error();
    throw std::runtime_error("TLS: " + doing + ": " + why);
}

void TlsSession::received(std::span<const char> cipher) {
    const int size = static_cast<int>(cipher.size());
    if (BIO_write(incoming_, cipher.data(), size) != size) fail("buffering");
}

bool TlsSession::handshake() {
    if (SSL_is_init_finished(session_.get())) return true;
    ERR_clear_error();
    const int done = SSL_do_handshake(session_.get());
    if (done == 1) return true;
    if (SSL_get_error(session_.get(), done) != SSL_ERROR_WANT_READ) fail("handshake failed");
    return false;
}

std::size_t TlsSession::read(std::span<char> plain) {
    ERR_clear_error();
    std::size_t count = 0;
    const int done = SSL_read_ex(session_.get(), plain.data(), plain.size(), &count);
    if (done == 1) return count;
    switch (SSL_get_error(session_.get(), done)) {
        case SSL_ERROR_WANT_READ:
            return 0;
        case SSL_ERROR_ZERO_RETURN:
            throw std::runtime_error("the broker closed the TLS session");
        default:
            fail("reading failed");
    }
}

void TlsSession::write(std::string_view plain) {
    ERR_clear_error();
    std::size_t count = 0;
    if (SSL_write_ex(session_.get(), plain.data(), plain.size(), &count) != 1 ||
        count != plain.size())
        fail("writing failed");
}

void TlsSession::take_output(ByteBuffer& cipher) {
    const auto pending = BIO_ctrl_pending(outgoing_);
    if (pending == 0) return;
    const int count = BIO_read(outgoing_, cipher.room(pending), static_cast<int>(pending));
    if (count > 0) cipher.extend(static_cast<std::size_t>(count));
}

}  // namespace itn::messaging
