// itnctl key create, list, revoke

#include "tools/ctl/desk.h"
#include "tools/ctl/nouns.h"

namespace itn::ctl {

namespace {

struct NewKey {
    std::string name{};
    std::vector<std::string> scopes{};
    std::string expires_at{};
    std::string partner{};
};

int create(Desk& desk, const NewKey& wish) {
    json body = {{"name", wish.name}, {"scopes", wish.scopes}};
    if (!wish.expires_at.empty()) body["expiresAt"] = wish.expires_at;
    if (!wish.partner.empty()) body["partner"] = wish.partner;
    const json made = desk.call("POST", "/api/keys", body).body;
    desk.print(made, {{"key", "/key"},
                      {"id", "/keyId"},
                      {"name", "/name"},
                      {"of", "/principal"},
                      {"scopes", "/scopes"},
                      {"expires", "/expiresAt"}});
    desk.remark("the key is shown this once");
    return 0;
}

int list(Desk& desk) {
    desk.print_list(desk.get("/api/keys"), {{"ID", "/keyId"},
                                            {"NAME", "/name"},
                                            {"OF", "/principal"},
                                            {"SCOPES", "/scopes"},
                                            {"EXPIRES", "/expiresAt"},
                                            {"REVOKED", "/revoked"}});
    return 0;
}

int revoke(Desk& desk, const std::string& id) {
    desk.call("DELETE", "/api/keys/" + tools::escaped(id));
    desk.remark("key " + id + " is revoked");
    return 0;
}

}  // namespace

void add_key(Tree& tree) {
    Noun key = tree.noun("key", "API keys for machines.");
    const auto wish = std::make_shared<NewKey>();
    Verb verb = key.verb("create", "Makes a key and shows it, once.");
    verb.word("name", wish->name, "What the key is for.");
    verb.list("--scope", wish->scopes, "What the key is for; repeatable.")
        .required()
        .choices({"read", "trade", "cargo", "inventory", "catalogue", "operate"});
    verb.text("--expires", wish->expires_at, "When it ends, RFC 3339.");
    verb.text("--partner", wish->partner, "For this partner; admins only.");
    verb.runs([wish](Desk& desk) { return create(desk, *wish); });
    key.verb("list", "Shows your keys.").runs(list);
    const auto id = std::make_shared<std::string>();
    key.verb("revoke", "Ends a key.").word("key", *id, "Its id.").runs([id](Desk& desk) {
        return revoke(desk, *id);
    });
}

}  // namespace itn::ctl
