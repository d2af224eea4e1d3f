// API keys and refresh tokens.

#include "common/identity/api_key.h"
#include "common/identity/refresh.h"
#include "tests/fuzz/target.h"

using namespace itn;
using fuzz::must;

FUZZ_TARGET(secret, bytes) {
    if (const auto key = identity::parse_api_key(bytes)) {
        must(identity::looks_like_api_key(bytes));
        must(key->text(identity::api_key_prefix) == bytes);
        must(identity::judge_api_key(*key, std::nullopt, Timestamp{}) ==
             identity::KeyVerdict::unknown);
    }
    if (const auto token = identity::parse_refresh_token(bytes)) {
        must(token->text(identity::refresh_prefix) == bytes);
        must(identity::decide_refresh(std::nullopt, *token, Timestamp{}) ==
             identity::RefreshVerdict::unknown);
    }
}
