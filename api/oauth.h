#pragma once

// OAuth 2 for machines: POST /oauth/token exchanges an API key for an access token (RFC 6749, 4.4).
// client_id is the key's id and client_secret its secret, in the form or as Basic authorization.
// Errors look as 5.2 of the RFC wants them:
//
//   {"error":"invalid_client","error_description":…}

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

void grant_token(const Room& room, CallPtr call);
/// GET /.well-known/jwks.json: the public keys that verify access tokens.
void show_key_set(const Room& room, CallPtr call);

}  // namespace itn::api
