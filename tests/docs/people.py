"""What happens to accounts, keys and partners in the examples of docs/openapi.yaml."""
import json
import urllib.parse

NOBODY = {"Authorization": None}
MISSING = "00000000-0000-7000-8000-000000000000"


def bearer(token):
    return {"Authorization": "Bearer " + token}


def tell_sessions(caller):
    """Ada registers and signs in, and her session goes on. Her account and her token."""
    account = caller.call("registerAccount", 201, wish="registerAda", example="accountOfAda",
                          headers=NOBODY).json()
    caller.call("registerAccount", 409, wish="registerAda", headers=NOBODY)
    short = {**caller.document_example("registerAda"), "email": "b@ceres.example", "password": "short"}
    caller.call("registerAccount", 422, body=json.dumps(short), headers=NOBODY)
    caller.call("registerAccount", 400, body=json.dumps({**short, "role": "admin"}), headers=NOBODY)
    session = caller.call("signIn", 200, wish="signInAda", example="session", headers=NOBODY).json()
    wrong = {**caller.document_example("signInAda"), "password": "wrong horse battery"}
    caller.call("signIn", 401, body=json.dumps(wrong), headers=NOBODY)
    caller.call("signIn", 400, body="{}", headers=NOBODY)
    caller.shown.add("refreshAda")  # a token of another time; the next is a fresh one
    again = json.dumps({"refreshToken": session["refreshToken"]})
    session = caller.call("refreshSession", 200, body=again, example="session", headers=NOBODY).json()
    return account, session["accessToken"]


def tell_password(caller):
    """A token that comes twice ends its session, a new password every one."""
    session = caller.call("signIn", 200, wish="signInAda", headers=NOBODY).json()
    again = json.dumps({"refreshToken": session["refreshToken"]})
    caller.call("refreshSession", 200, body=again, headers=NOBODY)
    caller.call("refreshSession", 401, body=again, headers=NOBODY)
    ended, session = (caller.call("signIn", 200, wish="signInAda", headers=NOBODY).json()
                      for _ in range(2))
    caller.call("signOut", 204, body=json.dumps({"refreshToken": ended["refreshToken"]}),
                headers=bearer(ended["accessToken"]))
    caller.call("signOut", 401, body=json.dumps({"refreshToken": ended["refreshToken"]}),
                headers=bearer(ended["accessToken"]))
    me = bearer(session["accessToken"])
    short = {**caller.document_example("newPassword"), "newPassword": "short"}
    caller.call("changeOwnPassword", 422, headers=me, body=json.dumps(short))
    caller.call("changeOwnPassword", 204, wish="newPassword", headers=me)
    caller.call("signIn", 401, wish="signInAda", headers=NOBODY)


def tell_accounts(caller, account, token):
    """Ada sees herself, and an admin sees and changes everybody."""
    caller.known["userId"] = account["userId"]
    ada = {"path": {"userId": account["userId"]}}
    caller.call("showOwnAccount", 200, headers=bearer(token), example="accountOfAda")
    caller.call("showAccount", 200, example="accountOfAda", **ada)
    caller.call("listAccounts", 200, query={"limit": 1})
    caller.shown.add("accountPage")  # who came first is the administrator
    caller.call("changeRole", 200, wish="makeOperator", example="accountChanged", **ada)
    wish = caller.document_example("makeOperator")
    caller.call("changeRole", 409, body=json.dumps({**wish, "version": 1}), **ada)
    caller.call("changeRole", 409, wish="makeOperator", headers={"If-Match": '"v1"'}, **ada)
    caller.call("changeRole", 400, wish="makeOperator", headers={"If-Match": "1"}, **ada)
    caller.call("changeRole", 422, body=json.dumps({**wish, "stations": ["nowhere"]}), **ada)
    caller.call("changeRole", 404, wish="makeOperator", path={"userId": MISSING})
    caller.call("changeAccountStatus", 404, wish="disableAccount", path={"userId": MISSING})
    caller.call("changeAccountStatus", 200, wish="disableAccount", example="accountDisabled", **ada)
    caller.call("changeAccountStatus", 200, body='{"disabled":false}', **ada)


def tell_partners(caller):
    caller.call("createPartner", 201, wish="partnerWish", example="partner")
    caller.call("createPartner", 409, wish="partnerWish")
    caller.call("createPartner", 422, body='{"name":"other","stations":["nowhere"]}')
    caller.call("listPartners", 200, example="partnerList")
    caller.call("showPartner", 200, example="partner")
    caller.call("replacePartner", 200, wish="partnerReplacement", example="partnerReplaced")
    caller.call("replacePartner", 422, body='{"stations":["nowhere"],"disabled":false}')
    many = [f"{number:02}-{'far-away-' * 6}" + "station" for number in range(90)]
    caller.call("replacePartner", 409, body=json.dumps({"stations": many, "disabled": False}))
    for name, wish in (("showPartner", None), ("replacePartner", "partnerReplacement")):
        caller.call(name, 404, wish=wish, path={"partner": "nobody1"})


def tell_keys(caller):
    """Of the administrator who calls."""
    key = caller.call("createKey", 201, wish="keyWish", example="freshKey").json()
    caller.call("listKeys", 200, example="keyList")
    caller.call("createKey", 201, wish="keyWish")
    caller.call("createKey", 409, wish="keyWish")
    wish = caller.document_example("keyWish")
    late = {**wish, "name": "late", "expiresAt": "2020-01-01T00:00:00Z"}
    caller.call("createKey", 422, body=json.dumps(late))
    caller.call("createKey", 404, body=json.dumps({**wish, "partner": "nobody1"}))
    caller.call("listKeys", 404, query={"partner": "nobody1"})
    partner = caller.document_example("partnerWish")["name"]
    theirs = caller.call("createKey", 201, body=json.dumps({**wish, "partner": partner})).json()
    caller.call("showOwnAccount", 200, headers=bearer(key["key"]))
    caller.call("showOwnAccount", 200, headers=bearer(theirs["key"]), example="partnerItself")
    tell_machines(caller, key)
    caller.call("revokeKey", 204, path={"keyId": key["keyId"]})
    caller.call("revokeKey", 404, path={"keyId": "000000000000"})


def tell_machines(caller, key):
    """A program exchanges its key for a token."""
    secret = key["key"].split("_", 2)[2]
    caller.shown.add("tokenWish")  # its client is of another time

    def form(**more):
        return urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": key["keyId"],
                                       "client_secret": secret, **more})
    caller.call("grantToken", 200, body=form(scope="read"), example="tokenGrant", headers=NOBODY)
    caller.call("grantToken", 400, body=form(scope="account"), example="tokenRefused", headers=NOBODY)
    caller.call("grantToken", 401, body=form(client_secret="0" * 43), example="clientRefused",
                headers=NOBODY)
    caller.call("showKeySet", 200, headers=NOBODY)
    caller.shown.add("keySet")  # the keys differ
    caller.call("createTicket", 201, example="ticket")


def refuses(caller, operation, key, body):
    headers = {**bearer(key), "Content-Type": next(iter(operation.content), "")}
    path = caller.target(operation)
    return caller.send(operation.method.upper(), path, body, headers).status == "403"


def tell_strangers(caller):
    """Nobody, and programs whose keys are for something else: whatever they ask."""
    read, trade = [caller.call("createKey", 201, body=json.dumps({"name": scope, "scopes": [scope]}))
                   .json()["key"] for scope in ("read", "trade")]
    for one in caller.operations.values():
        body = "{}" if one.content else None
        if "401" in one.responses and "401" not in one.seen:
            caller.call(one.name, 401, body=body, headers=bearer("nonsense"),
                        example="unauthenticated" if one.name == "listTrades" else None)
        if "403" in one.responses:
            key = read if refuses(caller, one, read, body) else trade
            caller.call(one.name, 403, body=body, headers=bearer(key),
                        example="forbidden" if one.name == "createTrade" else None)


def tell_people(caller):
    tell_accounts(caller, *tell_sessions(caller))
    tell_password(caller)
    tell_partners(caller)
    tell_keys(caller)
    tell_strangers(caller)
