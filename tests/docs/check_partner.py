#!/usr/bin/python3
"""Holds what travels between a partner and the queue door against docs/asyncapi.yaml.

Arguments: the AMQP URL of the partner, who acts for ceres alone, and the folder of the documents. The
network is one in which the story of docs/openapi.yaml has happened, and the door is open.
"""
import copy
import json
import sys
import uuid

import pika

from check_messages import Messages
from description import Description, Fault
from story import wait_for


class Partner:
    """A partner's system: what it sends and what it hears is checked."""

    def __init__(self, url, messages):
        self.messages = messages
        self.name = pika.URLParameters(url).credentials.username
        self.channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
        self.channel.confirm_delivery()
        self.replies = f"itn.reply.{self.name}.docs"
        self.channel.queue_declare(self.replies, exclusive=True, auto_delete=True)
        self.answers = {}  # by command id

    def send(self, body, reply_to=None):
        properties = pika.BasicProperties(content_type="application/vnd.itn+json", delivery_mode=2,
                                          user_id=self.name, reply_to=reply_to)
        self.channel.basic_publish(f"itn.partner.{self.name}", f"{self.name}.commands", body,
                                   properties, mandatory=True)

    def ask(self, *envelopes):
        """Sends the described message with ids of its own; their answers in that order."""
        wish = [{**one, "id": f"{one['id']}-{uuid.uuid4()}", "replyTo": self.replies}
                for one in envelopes]
        self.messages.check("partner.commands", wish)
        self.send(json.dumps(wish))
        ids = [one["id"] for one in wish]
        wait_for("the answers", lambda: self.hear() and set(ids) <= set(self.answers))
        return [self.answers[one] for one in ids]

    def hear(self):
        for answer in self.take(self.replies):
            kind = "outcomes" if "subject" in answer else "partner.refusals"
            self.messages.check(kind, [answer])
            self.answers[answer.get("id")] = answer
        return True

    def take(self, queue):
        """The elements of the next message; none when nothing waits there."""
        method, properties, body = self.channel.basic_get(queue, auto_ack=True)
        if method is None:
            return []
        if properties.content_type != "application/vnd.itn+json":
            raise Fault(f"{queue} carries {properties.content_type}")
        return json.loads(body)


def expect(answer, **said):
    if {name: answer.get(name) for name in said} != said:
        raise Fault(f"{said} was expected, not {answer}")


def tell_trades(partner):
    """The example, of stations that are there: a trade, and its end by the same partner."""
    example = partner.messages.by_name["partner.commands"]["examples"][0]["payload"]
    trade, cancel = copy.deepcopy(example)
    trade["body"]["buyer"] = "europa"
    del cancel["issuedAt"]  # of another time, at which it would have expired
    (made,) = partner.ask(trade)
    expect(made, outcome="applied")
    expect(partner.ask({**cancel, "subject": made["subject"]})[0], outcome="applied")


def tell_refusals(partner):
    """What the door refuses comes back with its place; what is no message, without an id."""
    wrong = [{"id": "wrong", "kind": "trade.create", "body": {
        "tradeType": "sell", "seller": "ceres", "buyer": "europa",
        "items": [{"productId": "ice", "quantity": 0}]}}]
    for body, name, said in (
            (json.dumps(wrong), "wrong", {"pointer": "/0/body/items/0/quantity"}),
            ("{}", None, {"outcome": "rejected"})):
        partner.send(body, reply_to=partner.replies)
        wait_for("the refusal", lambda: partner.hear() and name in partner.answers)
        expect(partner.answers[name], **said)


def tell_events(partner):
    """Its own stock moves until it hears of it: every event is of its kind and in its place."""
    heard = []

    def hears():
        expect(partner.ask({"id": "restock", "kind": "inventory.adjust", "subject": "ceres",
                            "body": {"productId": "ice", "delta": 1, "reason": "restock"}})[0],
               outcome="applied")
        heard.extend(partner.take(f"itn.partner.{partner.name}.events"))
        return any(event["kind"] == "inventory.changed" for event in heard)
    wait_for("an event", hears)
    partner.messages.check("partner.events", heard)
    for event in heard:
        plain = {key: one for key, one in event.items() if key not in ("position", "after")}
        partner.messages.check("event." + event["kind"], [plain])


def main():
    url, folder = sys.argv[1:]
    messages = Messages(Description(folder, "asyncapi.yaml"))
    partner = Partner(url, messages)
    tell_trades(partner)
    tell_refusals(partner)
    tell_events(partner)
    unseen = {"outcomes", "partner.commands", "partner.refusals", "partner.events"} - messages.seen
    if unseen:
        raise Fault(f"never seen: {sorted(unseen)}")


if __name__ == "__main__":
    try:
        main()
    except Fault as fault:
        sys.exit(str(fault))
