#!/usr/bin/python3
"""Holds what really travels against docs/asyncapi.yaml.

Watches a network over AMQP and WebSocket while the story of docs/openapi.yaml happens there: every
message of commands, events and outcomes and every frame must be of the schema of its kind. The golden
files, one for each kind, must be so too. Arguments: host:port of the api, which must be empty,
host:port of the notifier, the AMQP URL of the administrator, that of the api, the folder of the
documents, that of the golden files. ITN_TOKEN is who watches.
"""
import asyncio
import glob
import hashlib
import json
import os
import sys
import threading
import uuid

import pika
import websockets

from caller import Caller
from description import Description, Fault
from story import tell, wait_for

# What the story does not lead to; the golden files have one of each.
RARE = {"command.cargo.resume", "command.inventory.transfer"}

SHARDS = 4  # of the network that the tests start


class Messages:
    """The schemas by message name, and which were seen."""

    def __init__(self, description):
        self.description = description
        self.by_name = description.document["components"]["messages"]
        self.seen = set()

    def check(self, name, payload):
        if name not in self.by_name:
            raise Fault(f"the message {name} is not described")
        self.description.check(payload, self.by_name[name]["payload"], name)
        self.seen.add(name)

    def check_examples(self):
        for name, message in self.by_name.items():
            for example in message["examples"]:
                self.description.check(example["payload"], message["payload"], f"{name}'s example")

    def check_golden(self, folder):
        for path in glob.glob(os.path.join(folder, "*.*.json")):  # those of kinds
            name = os.path.basename(path).removesuffix(".json")
            with open(path, encoding="utf-8") as file:
                payload = [json.load(file)]
            self.check("outcomes" if name.startswith("outcome.") else name, payload)
        self.seen.clear()

    def check_array(self, prefix, body):
        payload = json.loads(body)
        for kind in {one["kind"] for one in payload}:
            self.check(prefix + kind, payload)


class Tap:
    """A queue of our own that gets a copy of every command and event, and replies."""

    def __init__(self, url):
        self.connection = pika.BlockingConnection(pika.URLParameters(url))
        self.channel = self.connection.channel()
        self.queue = self.channel.queue_declare("", exclusive=True).method.queue
        self.channel.queue_bind(self.queue, "itn.events", "#")
        for family in ("trade", "cargo", "inventory"):
            for shard in range(SHARDS):
                self.channel.queue_bind(self.queue, "itn.commands", f"{family}.{shard:02}")


    def take(self, messages):
        """Checks what has come so far."""
        while True:
            method, properties, body = self.channel.basic_get(self.queue, auto_ack=True)
            if method is None:
                return
            if method.exchange == "":
                messages.check("outcomes", json.loads(body))
            elif method.exchange == "itn.events":
                messages.check_array("event.", body)
                if messages.seen.isdisjoint({"event." + method.routing_key}):
                    raise Fault(f"{method.routing_key} carries another kind")
            elif properties.app_id == "itn":
                messages.check_array("command.", body)
            if properties.content_type != "application/vnd.itn+json":
                raise Fault(f"{method.exchange} carries {properties.content_type}")


class Watcher(threading.Thread):
    """A client of the feed that hears everything; its frames are checked when it ends."""

    def __init__(self, host, messages, **opening):
        super().__init__(daemon=True)
        self.host, self.frames, self.loop = host, [], asyncio.new_event_loop()
        self.messages = messages
        self.opening = {"authorize": os.environ["ITN_TOKEN"], **opening}
        messages.check("frame.opening", self.opening)

    def run(self):
        self.loop.run_until_complete(self.watch())

    async def watch(self):
        async with websockets.connect(f"ws://{self.host}/api/updates/real-time") as socket:
            self.socket = socket
            await socket.send(json.dumps(self.opening))
            async for text in socket:
                self.frames.append(json.loads(text))

    def send(self, frame):
        self.messages.check("frame.change", frame)
        asyncio.run_coroutine_threadsafe(self.socket.send(json.dumps(frame)), self.loop).result(10)

    def has(self, kind):
        return any(frame["type"] == kind for frame in self.frames)

    def check(self):
        messages = self.messages
        for frame in self.frames:
            messages.check("frame." + frame["type"], frame)
            if frame["type"] == "event":
                event = {key: one for key, one in frame.items() if key not in ("type", "position")}
                event.update(kind=event.pop("event"), body=event.pop("data"), epoch="e", id="e:l:1")
                messages.check("event." + event["kind"], [event])


def ask_by_queue(url, tap, principal, messages):
    """A command as a door may put it on a lane, too far in the future to be applied."""
    command = {"id": str(uuid.uuid4()), "kind": "cargo.depart", "subject": "nowhere",
               "principal": principal, "issuedAt": "2100-01-01T00:00:00Z", "replyTo": tap.queue, "body": {}}
    messages.check("command.cargo.depart", [command])
    shard = int.from_bytes(hashlib.sha256(b"nowhere").digest()[:2], "big") % SHARDS
    door = pika.BlockingConnection(pika.URLParameters(url))
    properties = pika.BasicProperties(content_type="application/vnd.itn+json", delivery_mode=2,
                                      user_id=pika.URLParameters(url).credentials.username)
    door.channel().basic_publish("itn.commands", f"cargo.{shard:02}", json.dumps([command]),
                                 properties)
    door.close()

    def answered():
        tap.take(messages)
        return "outcomes" in messages.seen
    wait_for("an outcome", answered)


def come_back(notifier, messages, watcher):
    """A client with a position of another epoch reads the state anew."""
    version, _, packed = watcher.frames[0]["position"].split(".")
    late = Watcher(notifier, messages, subscribe=["trade"], since=f"{version}.other.{packed}")
    late.start()
    wait_for("a new hello", lambda: late.has("resync_required") and late.has("hello"))
    return late


def main():
    api, notifier, amqp, door, folder, golden = sys.argv[1:]
    messages = Messages(Description(folder, "asyncapi.yaml"))
    messages.check_examples()
    messages.check_golden(golden)
    tap, watcher = Tap(amqp), Watcher(notifier, messages)
    watcher.start()
    wait_for("the hello", lambda: watcher.has("hello"))
    caller = Caller(Description(folder, "openapi.yaml"), api)
    tell(caller)
    principal = "user:" + caller.send("GET", "/api/users/me", None, {}).json()["userId"]
    ask_by_queue(door, tap, principal, messages)
    for frame, answer in (({"ping": 7}, "pong"), ({"subscribe": ["trade:nonsense"]}, "error"),
                          ({"authorize": os.environ["ITN_TOKEN"]}, "renewed")):
        watcher.send(frame)
        wait_for(answer, lambda: watcher.has(answer))
    late = come_back(notifier, messages, watcher)
    sent = {name for name in messages.by_name if not name.startswith(("frame.", "partner."))} - RARE

    def all_seen():
        tap.take(messages)
        return sent <= messages.seen
    try:
        wait_for("every kind of message", all_seen)
    except Fault as fault:
        raise Fault(f"{fault}: {sorted(sent - messages.seen)}") from None
    watcher.check()
    late.check()
    unseen = {name for name in messages.by_name if name.startswith("frame.")} - messages.seen
    if unseen:
        raise Fault(f"never seen: {sorted(unseen)}")
    print(f"{len(messages.seen)} kinds of messages are what they say")


if __name__ == "__main__":
    try:
        main()
    except Fault as fault:
        sys.exit(str(fault))
