#pragma once

// The Ed25519 keys of access tokens: one signs, all verify. A key is changed without a pause in
// three steps, each a restart of every process in any order: the new one joins as the last file,
// it becomes the first, and the old one is taken out when its last token has expired.
//
// A key's id is its RFC 7638 thumbprint, so nobody has to name keys.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

using EVP_PKEY = struct evp_pkey_st;

namespace itn::identity {

class Ed25519Key final {
public:
    /// A private or public key in PEM (PKCS 8 or SubjectPublicKeyInfo). nullopt for anything else,
    /// also for a key that wants a password.
    static std::optional<Ed25519Key> from_pem(const std::string& pem);

    const std::string& id() const { return id_; }
    /// The public half in base64url: a JWK's "x".
    const std::string& x() const { return x_; }
    bool can_sign() const { return private_; }

    /// 64 bytes. The key must be able to sign. Any thread.
    std::string sign(std::string_view message) const;
    /// Any thread; false for signatures of any other size.
    bool verify(std::string_view message, std::string_view signature) const;

private:
    Ed25519Key(std::shared_ptr<EVP_PKEY> key, bool is_private);

    std::shared_ptr<EVP_PKEY> key_;
    bool private_ = false;
    std::string x_{};
    std::string id_{};
};

/// What a process does with its keys: where nothing is signed, public halves are enough.
enum class KeyUse { sign, verify };

/// Never changes once it is made: any thread.
class KeySet final {
public:
    /// The first one signs. Problem "keys" when there is none or too many, the first cannot sign
    /// although it is to, or two are the same.
    static Result<KeySet> of(std::vector<Ed25519Key> keys, KeyUse use = KeyUse::sign);

    /// Of a set made to sign.
    const Ed25519Key& signing() const { return keys_.front(); }
    /// nullptr when there is no such key.
    const Ed25519Key* find(std::string_view id) const;
    /// The JWK set of the public halves (RFC 7517, RFC 8037): what /.well-known/jwks.json shows.
    std::string jwks() const;

private:
    explicit KeySet(std::vector<Ed25519Key> keys) : keys_(std::move(keys)) {}
    std::vector<Ed25519Key> keys_;
};

/// Reads PEM files, the signing one first. Problem "keys", whose detail names the file, when one
/// cannot be read or is no Ed25519 key, or is private and others than its owner and group may touch
/// it.
Result<KeySet> load_keys(const std::vector<std::filesystem::path>& files,
                         KeyUse use = KeyUse::sign);

/// A fresh private key as PEM, to be kept in a file of mode 0600.
std::string fresh_key_pem();

}  // namespace itn::identity
