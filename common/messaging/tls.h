#pragma once

// TLS as a pure transformation of bytes: OpenSSL between two memory BIOs, so that it never touches
// a socket and can never block. The transport feeds it what arrived and sends what it makes.
//
// TLS 1.2 or newer; the peer's chain and its host name are always verified.

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string>

#include "common/messaging/byte_buffer.h"

namespace itn::messaging {

/// Files in PEM. No CA file means the system's authorities; a certificate needs its key.
struct TlsOptions {
    std::string ca_file;
    std::string certificate_file;
    std::string key_file;
    friend bool operator==(const TlsOptions&, const TlsOptions&) = default;
};

/// What the sessions of one process share. Throws std::runtime_error, naming the file, when one
/// cannot be used.
class TlsContext final {
public:
    explicit TlsContext(const TlsOptions& options);
    SSL_CTX* get() const { return context_.get(); }

private:
    struct Free {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    std::unique_ptr<SSL_CTX, Free> context_;
};

/// One client session. Every function may throw std::runtime_error with the reason in words.
class TlsSession final {
public:
    TlsSession(const TlsContext& context, const std::string& host);

    /// Takes bytes that came from the wire.
    void received(std::span<const char> cipher);
    /// Goes on with the handshake; whether it is complete.
    bool handshake();
    /// Decrypts into `plain`; 0 when more must be received first.
    std::size_t read(std::span<char> plain);
    /// Encrypts everything. Only after the handshake.
    void write(std::string_view plain);
    /// Moves what must go onto the wire to the end of `cipher`.
    void take_output(ByteBuffer& cipher);

private:
    [[noreturn]] void fail(const std::string& doing) const;

    struct Free {
        void operator()(SSL* session) const { SSL_free(session); }
    };
    std::unique_ptr<SSL, Free> session_;
    BIO* incoming_ = nullptr;  // owned by session_
    BIO* outgoing_ = nullptr;  // owned by session_
};

}  // namespace itn::messaging
