#include "tests/e2e/forger.h"

#include <openssl/hmac.h>

#include <ctime>
#include <sstream>
#include <utility>

#include "common/identity/base64url.h"
#include "tests/common/identity/signed_tokens.h"

namespace itn::tests {

namespace {

using identity::base64url;
using identity::Ed25519Key;
using nlohmann::json;

json part_of(const std::string& token, int part) {
    std::istringstream in(token);
    std::string text;
    for (int i = 0; i <= part; ++i)
        std::getline(in, text, '.');
    return json::parse(identity::from_base64url(text).value());
}

std::string signed_by(const Ed25519Key& key, const json& header, const json& claims) {
    return identity::tests::signed_token(key, header.dump(), claims.dump());
}

json changed(json part, const std::string& name, const json& value) {
    part[name] = value;
    return part;
}

}  // namespace

Forger::Forger(const std::string& good, const std::string& signing_pem, std::string public_pem)
    : key_(Ed25519Key::from_pem(signing_pem).value()),
      public_pem_(std::move(public_pem)),
      header_(part_of(good, 0)),
      claims_(part_of(good, 1)) {}

std::string Forger::with_header(const std::string& name, const json& value) const {
    return signed_by(key_, changed(header_, name, value), claims_);
}

std::string Forger::with_claim(const std::string& name, const json& value) const {
    return signed_by(key_, header_, changed(claims_, name, value));
}

std::string Forger::without_claim(const std::string& name) const {
    json claims = claims_;
    claims.erase(name);
    return signed_by(key_, header_, claims);
}

std::string Forger::late(std::chrono::seconds since) const {
    const std::int64_t end = now() - since.count();
    return signed_by(key_, header_, changed(changed(claims_, "exp", end), "iat", end - 600));
}

std::string Forger::unsigned_one() const {
    return base64url(changed(header_, "alg", "none").dump()) + "." + base64url(claims_.dump()) +
           ".";
}

std::string Forger::by_public_half() const {
    const std::string head =
        base64url(changed(header_, "alg", "HS256").dump()) + "." + base64url(claims_.dump());
    std::string mac(32, '\0');
    HMAC(EVP_sha256(), public_pem_.data(), static_cast<int>(public_pem_.size()),
         reinterpret_cast<const unsigned char*>(head.data()), head.size(),
         reinterpret_cast<unsigned char*>(mac.data()), nullptr);
    return head + "." + base64url(mac);
}

std::string Forger::by_another_key() const {
    const Ed25519Key other = identity::tests::fresh_key();
    return signed_by(other, changed(header_, "kid", other.id()), claims_);
}

std::string Forger::by_another_key_under_this_id() const {
    return signed_by(identity::tests::fresh_key(), header_, claims_);
}

std::int64_t Forger::now() {
    return std::time(nullptr);
}

}  // namespace itn::tests
