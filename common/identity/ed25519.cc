#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <stdexcept>

#include "common/identity/base64url.h"
#include "common/identity/digest.h"
#include "common/identity/key_set.h"

namespace itn::identity {

namespace {

constexpr std::size_t signature_size = 64;

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using BioPtr = std::unique_ptr<BIO, Free>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, Free>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// OpenSSL would ask the terminal otherwise.
int no_password(char*, int, int, void*) {
    return -1;
}

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) {
    return {key, EVP_PKEY_free};
}

/// What fails here fails by its answer: left in the thread's queue, it would be taken for a fault
/// of the next TLS connection.
void forget_errors() {
    ERR_clear_error();
}

using ReadPem = EVP_PKEY* (*)(BIO*, EVP_PKEY**, pem_password_cb*, void*);

std::shared_ptr<EVP_PKEY> read(const std::string& pem, ReadPem read_pem) {
    const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    auto key = owned(read_pem(bio.get(), nullptr, no_password, nullptr));
    forget_errors();
    return key;
}

std::string public_bytes(EVP_PKEY* key) {
    std::array<unsigned char, 32> bytes{};
    std::size_t size = bytes.size();
    if (EVP_PKEY_get_raw_public_key(key, bytes.data(), &size) != 1 || size != bytes.size())
        throw std::runtime_error("an Ed25519 key without a public half");
    return {bytes.begin(), bytes.end()};
}

}  // namespace

Ed25519Key::Ed25519Key(std::shared_ptr<EVP_PKEY> key, bool is_private)
    : key_(std::move(key)), private_(is_private), x_(base64url(public_bytes(key_.get()))) {
    id_ = base64url(sha256(R"({"crv":"Ed25519","kty":"OKP","x":")" + x_ + R"("})"));
}

std::optional<Ed25519Key> Ed25519Key::from_pem(const std::string& pem) {
    auto key = read(pem, PEM_read_bio_PrivateKey);
    const bool is_private = key != nullptr;
    if (!key) key = read(pem, PEM_read_bio_PUBKEY);
    if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) return std::nullopt;
    return Ed25519Key(std::move(key), is_private);
}

std::string Ed25519Key::sign(std::string_view message) const {
    ENSURE(private_);
    const ContextPtr context(EVP_MD_CTX_new());
    std::string signature(signature_size, '\0');
    std::size_t size = signature.size();
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       bytes_of(message), message.size()) != 1)
        throw std::runtime_error("OpenSSL does not sign");
    return signature;
}

bool Ed25519Key::verify(std::string_view message, std::string_view signature) const {
    if (signature.size() != signature_size) return false;
    const ContextPtr context(EVP_MD_CTX_new());
    const bool fits =
        EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
        EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                         message.size()) == 1;
    forget_errors();
    return fits;
}

std::string fresh_key_pem() {
    const auto key = owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    const BioPtr bio(BIO_new(BIO_s_mem()));
    if (!key || PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                              nullptr) != 1)
        throw std::runtime_error("OpenSSL makes no key");
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

}  // namespace itn::identity
