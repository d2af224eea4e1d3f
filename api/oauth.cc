#include "api/oauth.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "api/account_answers.h"
#include "api/front/decode.h"
#include "api/front/framing.h"
#include "api/tokens.h"
#include "common/identity/api_key.h"
#include "common/identity/base64url.h"
#include "common/wire/json_text.h"

namespace itn::api {

namespace {

using Form = std::vector<std::pair<std::string, std::string>>;

/// What a machine asks for.
struct TokenWish {
    identity::SecretText key{};
    std::optional<identity::Scopes> scopes{};  // nullopt: all of the key's
};

void answer_error(Call& call, int status, std::string_view error, std::string_view description) {
    std::string body;
    wire::JsonObject object(body);
    object.text("error", error);
    object.text("error_description", description);
    object.close();
    AnswerHeaders headers;
    if (status == 401) headers.emplace_back("WWW-Authenticate", "Basic realm=\"itn\"");
    answer_unkept(call, status, std::move(body), std::move(headers));
}

void refuse_client(Call& call) {
    answer_error(call, 401, "invalid_client", "There is no such active key.");
}

/// nullopt when it is absent, twice or empty.
std::optional<std::string> once(const Form& form, std::string_view name) {
    const auto is_named = [name](const auto& field) { return field.first == name; };
    const auto found = std::ranges::find_if(form, is_named);
    if (found == form.end() || std::ranges::count_if(form, is_named) != 1) return std::nullopt;
    return found->second.empty() ? std::nullopt : std::optional(found->second);
}

bool has(const Form& form, std::string_view name) {
    return std::ranges::any_of(form, [name](const auto& field) { return field.first == name; });
}

/// Names of scopes with blanks between; nullopt when one is unknown.
std::optional<identity::Scopes> scopes_of(std::string_view text) {
    identity::Scopes scopes;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const auto scope = identity::scope_from(text.substr(0, end));
        if (!scope) return std::nullopt;
        scopes.insert(*scope);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return scopes;
}

constexpr std::string_view basic_scheme = "Basic ";

/// Whatever the case of the scheme.
bool is_basic(const Call& call) {
    const auto authorization = call.request().header("authorization");
    return authorization &&
           front::same_name(authorization->substr(0, basic_scheme.size()), basic_scheme);
}

/// Of "Basic <base64 of id:secret>"; nullopt when what follows the scheme is anything else.
std::optional<identity::SecretText> basic_client(std::string_view authorization) {
    std::string text(authorization.substr(basic_scheme.size()));
    text.erase(std::min(text.find_last_not_of('=') + 1, text.size()));
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    const auto pair = identity::from_base64url(text);
    const auto colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos) return std::nullopt;
    return identity::SecretText{.id = pair->substr(0, colon), .secret = pair->substr(colon + 1)};
}

/// Who asks: in the header or in the form.
std::optional<identity::SecretText> client_of(const Call& call, const Form& form) {
    if (is_basic(call)) return basic_client(*call.request().header("authorization"));
    const auto id = once(form, "client_id");
    const auto secret = once(form, "client_secret");
    if (!id || !secret) return std::nullopt;
    return identity::SecretText{.id = *id, .secret = *secret};
}

/// Into the trail, at the rate that it has for refusals: strangers may ask. `id` is what a key has,
/// "" for what is none.
void refuse_key(const Room& room, Call& call, std::string id, std::string_view why) {
    room.audit.note(audit_line(room, call, "key_refused", std::move(id), std::string(why)));
    refuse_client(call);
}

/// Answers the call when the form asks for nothing that can be granted.
std::optional<TokenWish> wish_of(const Room& room, Call& call, const Form& form) {
    const auto refuse = [&call](int status, std::string_view error, std::string_view why) {
        answer_error(call, status, error, why);
        return std::nullopt;
    };
    const auto grant = once(form, "grant_type");
    if (!grant) return refuse(400, "invalid_request", "grant_type is required, once.");
    if (*grant != "client_credentials")
        return refuse(400, "unsupported_grant_type", "Only client_credentials is known here.");
    if (is_basic(call) && (has(form, "client_id") || has(form, "client_secret")))
        return refuse(400, "invalid_request", "The client is named in the header and in the form.");
    const auto client = client_of(call, form);
    if (!client)
        return refuse(401, "invalid_client", "client_id and client_secret are required, once.");
    // Any bytes may stand in its place: neither the database nor the trail is to see them.
    const auto key = identity::parse_api_key(client->text(identity::api_key_prefix));
    if (!key) {
        refuse_key(room, call, "", "malformed");
        return std::nullopt;
    }
    TokenWish wish{.key = *key};
    if (!has(form, "scope")) return wish;
    wish.scopes = scopes_of(once(form, "scope").value_or("?"));
    if (!wish.scopes || wish.scopes->empty())
        return refuse(400, "invalid_scope", "There is no such scope.");
    return wish;
}

std::string render_grant(std::string_view token, std::chrono::seconds life,
                         identity::Scopes scopes) {
    std::string body;
    wire::JsonObject object(body);
    object.text("access_token", token);
    object.text("token_type", "Bearer");
    object.number("expires_in", life.count());
    object.text("scope", names(scopes));
    object.close();
    return body;
}

void grant(const Room& room, Call& call, storage::Accounts& accounts, const TokenWish& wish) {
    const auto now = room.clock.now();
    const auto key = accounts.key(wish.key.id);
    const auto verdict = identity::judge_api_key(wish.key, key, now);
    const auto rights = verdict == identity::KeyVerdict::good ? accounts.rights(key->owner)
                                                              : std::optional<storage::Rights>();
    if (!rights || rights->disabled)
        return refuse_key(room, call, wish.key.id, rights ? "disabled" : name(verdict));
    const auto scopes = wish.scopes.value_or(key->scopes);
    if (!key->scopes.contains_all(scopes))
        return answer_error(call, 400, "invalid_scope", "The key has no such scope.");
    const auto life = std::chrono::floor<std::chrono::seconds>(
        std::min<Timestamp::duration>(limits::max_token_life, key->expires_at - now));
    const auto token =
        access_token(room, *rights, {.scopes = scopes, .client = key->id, .end = key->expires_at});
    if (!token || life <= std::chrono::seconds(1)) return refuse_client(call);
    answer_unkept(call, 200, render_grant(*token, life, scopes));
}

}  // namespace

void grant_token(const Room& room, CallPtr call) {
    const auto form = front::parse_query(call->request().body);
    if (!form) return answer_error(*call, 400, "invalid_request", "The form cannot be read.");
    auto wish = wish_of(room, *call, *form);
    if (!wish) return;
    room.reads.run_write(call, [&room, call, wish = *std::move(wish)](storage::Reader& reader) {
        storage::Accounts accounts(reader);
        grant(room, *call, accounts, wish);
    });
}

void show_key_set(const Room& room, CallPtr call) {
    call->reply({.status = 200,
                 .body = room.doorkeeper.keys().jwks(),
                 .content_type = "application/json",
                 .headers = {{"Cache-Control", "public, max-age=300"}}});
}

}  // namespace itn::api
