"""What happens in the examples of docs/openapi.yaml, in an order in which each is true."""
import base64
import json
import time

from description import Fault
from people import tell_people

WAIT = {"Prefer": "wait=10"}
STATIONS = {"ceres": "Ceres", "europa": "Europa"}


def key(name, **more):
    return {"Idempotency-Key": name, **more}


def wait_for(what, holds):
    deadline = time.monotonic() + 20
    while not holds():
        if time.monotonic() > deadline:
            raise Fault(f"waited in vain for {what}")
        time.sleep(0.02)


def add_places(caller):
    for station, name in STATIONS.items():
        body = {"stationId": station, "name": name, "kind": "planet",
                "position": {"x": 413, "y": -27, "z": 81}}
        caller.call("createStation", 201, body=json.dumps(body))
    body = {"productId": "ice", "name": "Water ice", "unitPrice": 120, "unitVolume": 4}
    caller.call("createProduct", 201, body=json.dumps(body))


def tell_catalogue(caller, noun, thing, patch, wrong):
    """A station or a product comes, changes and goes."""
    plural = noun + "s"
    where = {"path": {noun + "Id": thing}}
    put, edit, drop = (verb + noun.capitalize() for verb in ("replace", "patch", "delete"))
    create = "create" + noun.capitalize()
    caller.call(create, 201, wish=thing, example=noun + "Created")
    caller.call(create, 409, wish=thing)
    caller.call(create, 422, body=json.dumps({**caller.document_example(thing), **wrong}))
    caller.call("show" + noun.capitalize(), 200, example=noun, **where)
    caller.call("list" + plural.capitalize(), 200, query={"limit": 1}, example=noun + "Page")
    caller.call(put, 200, wish=thing + "Again", example=noun + "Replaced", headers=match(1), **where)
    caller.call(edit, 200, wish=patch, example=noun + "Patched", headers=match(2), **where)
    for name, wish in ((put, thing + "Again"), (edit, patch), (drop, None)):
        caller.call(name, 409, wish=wish, headers=match(1), **where)
        caller.call(name, 428, wish=wish, example="preconditionRequired"
                    if name == put and noun == "station" else None, **where)
        caller.call(name, 400, wish=wish, headers={"If-Match": "3"}, **where)
        if wish:
            caller.call(name, 422, body=json.dumps({**caller.document_example(wish), **wrong}),
                        headers=match(3), **where)
    caller.call(drop, 204, headers=match(3), **where)


def match(version):
    return {"If-Match": f'"v{version}"'}


def tell_inventory(caller):
    caller.call("showStock", 404)
    caller.call("adjustStock", 202, wish="restock", headers=key("restock-1"),
                example="adjustmentAccepted")
    caller.call("adjustStock", 200, wish="restock", headers=key("restock-2", **WAIT),
                example="stockAdjusted")
    wait_for("the first restock", lambda: in_stock(caller) == 2000)
    caller.call("adjustStock", 200, wish="restock", headers=key("restock-1"),
                example="adjustmentOutcome")
    less = {"productId": "ice", "delta": -9000, "reason": "consume"}
    caller.call("adjustStock", 409, body=json.dumps(less), headers=WAIT)
    caller.call("adjustStock", 422, body=json.dumps({**less, "delta": 0}))
    caller.call("updateInventory", 202, wish="consumeIce", headers=key("dinner-1"),
                example="updateAccepted")
    caller.call("updateInventory", 200, wish="consumeIce", headers=key("dinner-2", **WAIT),
                example="stockUpdated")
    wait_for("the first dinner", lambda: in_stock(caller) == 1976)
    caller.call("updateInventory", 200, wish="consumeIce", headers=key("dinner-1"),
                example="updateOutcome")
    less = {"itemId": "ice", "quantityChange": -9000, "location": "ceres"}
    caller.call("updateInventory", 409, body=json.dumps(less), headers=WAIT)
    caller.call("updateInventory", 422, body=json.dumps({**less, "location": "nowhere"}))
    caller.call("showStock", 200, example="stock")
    caller.call("listInventory", 200, query={"station": "ceres", "limit": 1}, example="stockPage")
    caller.call("showStationInventory", 200, example="stationInventory")
    caller.call("showLedger", 200, query={"limit": 2, "asOf": "2100-01-01"}, example="ledger")


def in_stock(caller):
    reply = caller.send("GET", "/api/inventory/ceres/ice", None, {})
    return reply.json().get("onHand", 0)


def tell_trades(caller):
    caller.known["transactionId"] = caller.call(
        "createTrade", 201, wish="iceForEuropa", headers=key("order-7781", **WAIT),
        example="tradeConfirmed").json()["transactionId"]
    caller.call("createTrade", 200, wish="iceForEuropa", headers=key("order-7781"),
                example="tradeOutcome")
    caller.call("createTrade", 202, wish="iceForEuropa", headers=key("order-7782"),
                example="tradeAccepted")
    wish = caller.document_example("iceForEuropa")
    much = {**wish, "items": [{"productId": "ice", "quantity": 900000}]}
    caller.call("createTrade", 409, body=json.dumps(much), headers=key("order-7783", **WAIT),
                example="conflict")
    caller.call("createTrade", 422, body=json.dumps({**wish, "buyer": "nowhere"}),
                example="unprocessable")
    caller.call("createTrade", 400, body=json.dumps({**wish, "colour": "red"}), example="badRequest")
    wait_for("the cargo", lambda: "shipmentId" in caller.call("showTrade", 200).json())
    caller.call("showTrade", 200, example="trade")
    caller.call("showTradeHistory", 200, example="tradeHistory")
    caller.call("createTrades", 200, wish="batch", headers=key("order-7790"), example="batchAnswer")
    lines = caller.call("createTrades", 200, wish="batchLines", headers=key("order-7791"),
                        example="batchAnswerLines")
    for line in lines.text.splitlines():
        schema = caller.description.document["components"]["schemas"]["BatchLine"]
        caller.description.check(json.loads(line), schema, "a line of the batch")
    caller.call("createTrades", 400, body="[]")
    query = {"status": "confirmed", "station": "ceres", "product": "ice", "from": "2026-11-01",
             "to": "2100-01-01", "limit": 1}
    page = caller.call("listTrades", 200, query=query).json()
    caller.call("listTrades", 200, query={**query, "cursor": page["nextCursor"]})
    caller.call("listTrades", 200, query={"product": "ice", "limit": 200, "status": "rejected"},
                example="tradePage")
    caller.call("showCommand", 200, example="outcome")


def tell_ends_of_trades(caller):
    cancelled = {"path": {"transactionId": caller.call(
        "createTrade", 201, wish="iceForEuropa", headers=WAIT).json()["transactionId"]}}
    shipment_of(caller, cancelled["path"]["transactionId"])  # which it leaves again
    caller.call("changeTradeStatus", 200, wish="cancelTrade", headers=key("cancel-1", **WAIT),
                example="tradeCancelled", **cancelled)
    caller.call("changeTradeStatus", 200, wish="cancelTrade", headers=key("cancel-1"),
                example="tradeChangeOutcome", **cancelled)
    caller.call("changeTradeStatus", 409, wish="cancelTrade", headers=WAIT, **cancelled)
    caller.call("changeTradeStatus", 422, body='{"status":"in_transit"}', **cancelled)
    caller.call("changeTradeStatus", 202, wish="cancelTrade", headers=key("cancel-2"),
                example="tradeChangeAccepted", **cancelled)
    caller.call("changeTradeStatus", 404, wish="cancelTrade", headers=WAIT, example="notFound",
                path={"transactionId": "00000000-0000-8000-8000-000000000000"})
    collected = {"path": {"transactionId": caller.call(
        "createTrade", 201, wish="iceToCollect", headers=WAIT).json()["transactionId"]}}
    caller.call("changeTradeStatus", 200, wish="collectTrade", headers=WAIT,
                example="tradeCollected", **collected)


def tell_cargo(caller):
    caller.call("createCargo", 201, wish="iceRun", headers=key("run-7", **WAIT),
                example="cargoCreated")
    caller.call("createCargo", 200, wish="iceRun", headers=key("run-7"), example="cargoOutcome")
    caller.call("createCargo", 409, wish="iceRun", headers=WAIT)
    wish = caller.document_example("iceRun")
    caller.call("createCargo", 202, body=json.dumps({**wish, "shipmentId": "ice-run-8"}),
                headers=key("run-8"), example="cargoAccepted")
    caller.call("createCargo", 422, body=json.dumps({**wish, "destination": "ceres"}))
    caller.call("changeCargoStatus", 200, wish="depart", headers=key("run-7-departs", **WAIT),
                example="cargoDeparted")
    caller.call("changeCargoStatus", 200, wish="depart", headers=key("run-7-departs"),
                example="cargoChangeOutcome")
    caller.call("changeCargoStatus", 202, wish="delay", headers=key("run-7-late"),
                example="cargoChangeAccepted")
    wait_for("the delay", lambda: caller.call("showCargo", 200).json()["status"] == "delayed")
    caller.call("changeCargoStatusByBody", 202, wish="reportPlace", headers=key("run-7-place-1"),
                example="cargoReportAccepted")
    caller.call("changeCargoStatusByBody", 200, wish="reportPlace",
                headers=key("run-7-place-2", **WAIT), example="cargoReported")
    wait_for("the report", lambda: caller.call("showCargo", 200).json()["version"] == 5)
    caller.call("changeCargoStatusByBody", 200, wish="reportPlace", headers=key("run-7-place-1"),
                example="cargoReportOutcome")
    caller.call("showCargo", 200, example="cargo")
    caller.call("changeCargoStatus", 200, wish="deliver", headers=WAIT, example="cargoDelivered")
    caller.call("changeCargoStatus", 409, wish="depart", headers=WAIT)
    caller.call("changeCargoStatus", 422, body='{"status":"pending"}')
    body = caller.document_example("reportPlace")
    caller.call("changeCargoStatusByBody", 409, wish="reportPlace", headers=WAIT)
    caller.call("changeCargoStatusByBody", 404, body=json.dumps({**body, "cargoId": "nowhere"}),
                headers=WAIT)
    caller.call("changeCargoStatusByBody", 422, body='{"cargoId":"ice-run-7","status":"pending"}')
    caller.call("showCargoHistory", 200, example="cargoHistory")
    caller.call("listCargo", 200, query={"status": "delivered", "station": "ceres", "limit": 2},
                example="cargoPage")


def shipment_of(caller, trade):
    def read():
        return caller.call("showTrade", 200, path={"transactionId": trade}).json()
    wait_for("the trade's shipment", lambda: "shipmentId" in read())
    return read()["shipmentId"]


def move(caller, shipment, *statuses):
    for status in statuses:
        caller.call("changeCargoStatus", 200, body=json.dumps({"status": status}), headers=WAIT,
                    path={"shipmentId": shipment})


def tell_voyages(caller):
    """Every other end that trades and shipments can come to."""
    for status, end in (("delivered", "completed"), ("lost", "failed")):
        trade = caller.call("createTrade", 201, wish="iceForEuropa", headers=WAIT).json()
        trade = trade["transactionId"]
        move(caller, shipment_of(caller, trade), "in_transit", "delayed", "in_transit", status)
        wait_for(end, lambda: caller.call("showTrade", 200, path={"transactionId": trade})
                 .json()["status"] == end)
    move(caller, "ice-run-8", "cancelled")


def beyond(position):
    """A position of the same journal with a seq that nothing has reached: v1.<epoch>.<varints>."""
    version, epoch, packed = position.split(".")
    seqs = bytearray(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    seqs[1:1] = b"\xff\xff\xff"  # behind the first lane: the lowest bits of its seq
    return ".".join((version, epoch, base64.urlsafe_b64encode(seqs).decode().rstrip("=")))


def tell_rest(caller):
    recent = caller.call("listRecentUpdates", 200, query={"limit": 1})
    since = recent.headers["x-itn-position"]
    caller.call("listRecentUpdates", 200, query={"since": since, "limit": 200})
    caller.call("listRecentUpdates", 409, query={"since": beyond(since)})
    caller.shown.add("recentUpdates")  # which event was the last is a matter of chance
    caller.call("showSummary", 200)
    caller.shown.add("summary")
    caller.call("pointToNotifier", 426, example="useNotifier")
    caller.call("showProblem", 200, example="problemKind")
    caller.call("showIndex", 200, example="index")
    for name, example in (("showDocs", "page"), ("showQueueDocs", "page"), ("showOpenapi", "document"), ("showAsyncapi", "document"),
                          ("showLivez", "live"), ("showHealthz", "live"), ("showReadyz", "ready"),
                          ("showMetrics", "metrics")):
        caller.call(name, 200, example=example)
    for name, query in (("redirectTradesHistory", {"startDate": "2026-11-01", "limit": 2}),
                        ("redirectAllTrades", {"status": "confirmed"}),
                        ("redirectAllCargo", {"station": "ceres"}),
                        ("redirectInventory", {"location": "ceres"})):
        location = caller.call(name, 308, query=query).headers["location"]
        if caller.send("GET", location, None, {}).status != "200":
            raise Fault(f"{name} leads to {location}, which is not there")


def tell_faults(caller):
    """What every operation of a shape must refuse, from its description alone."""
    for operation in caller.operations.values():
        name, statuses = operation.name, operation.responses
        body = {"body": "{"} if operation.content else {}
        caller.call(name, 400, query={"nonsense": 1}, **body)
        places = {key for where, key in operation.parameters if where == "path"}
        if "404" in statuses and places:
            caller.call(name, 404, path=dict.fromkeys(places, "NOPE"), **body)
        if "304" in statuses:
            caller.call(name, 304, headers={"If-None-Match": "*"})
        if operation.content:
            is_trade = name == "createTrade"
            caller.call(name, 400, body="{")
            caller.call(name, 413, body=" " * (1024 * 1024 + 1), example="tooLarge" if is_trade else None)
            caller.call(name, 415, body="{}", content_type="text/plain",
                        example="wrongType" if is_trade else None)


def tell(caller):
    add_places(caller)
    tell_catalogue(caller, "station", "vesta", "renameVesta", {"version": -1})
    tell_catalogue(caller, "product", "olivine", "repriceOlivine", {"unitPrice": -1})
    tell_inventory(caller)
    tell_trades(caller)
    tell_ends_of_trades(caller)
    tell_cargo(caller)
    tell_voyages(caller)
    tell_people(caller)
    tell_rest(caller)
    tell_faults(caller)
