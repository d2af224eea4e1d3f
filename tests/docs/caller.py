"""Calls operations of an OpenAPI document by name and holds every answer against it.

ITN_TOKEN is who calls, unless a call says otherwise in its headers.
"""
import http.client
import json
import os
import time
import urllib.parse

from description import Fault, masked

METHODS = ("get", "put", "post", "delete", "patch")
# What stands before every operation may say these; the others are of the operation's own rules.
GATE = {"unauthenticated", "forbidden", "too_many_requests"}
UNPROVOKED = {"429", "500", "503", "default"}


def bare(content):
    """The same under types without parameters."""
    return {one.split(";")[0]: media for one, media in content.items()}


class Operation:
    def __init__(self, description, path, method, node):
        self.path, self.method, self.node = path, method, node
        self.name = node["operationId"]
        self.parameters = {(one["in"], one["name"]): one
                           for one in map(description.at, node.get("parameters", []))}
        self.content = node.get("requestBody", {}).get("content", {})
        self.responses = {status: description.at(one) for status, one in node["responses"].items()}
        self.seen = set()  # statuses


class Reply:
    def __init__(self, response):
        self.status = str(response.status)
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.text = response.read().decode("utf-8")
        self.type = self.headers.get("content-type", "").split(";")[0]

    def json(self):
        return json.loads(self.text)


class Caller:
    def __init__(self, description, host):
        self.description = description
        self.host = host
        self.shown = set()  # names of examples that were sent or seen
        self.known = {}  # path parameters that differ from run to run, by name
        self.operations = {}
        for path, item in description.document["paths"].items():
            for method in METHODS:
                if method in item:
                    one = Operation(description, path, method, item[method])
                    self.operations[one.name] = one
        kinds = description.document["components"]["schemas"]["ProblemType"]["oneOf"]
        self.statuses = {kind["const"]: str(kind["x-status"]) for kind in kinds}

    def call(self, name, status, wish=None, example=None, path=None, query=None, headers=None,
             body=None, content_type=None):
        """Sends the request and checks the answer.

        `wish` names an example of the request, `example` one of the answer; path parameters are
        those of the document unless `path` has others.
        """
        operation = self.operations[name]
        target = self.target(operation, path)
        if query:
            target += "?" + urllib.parse.urlencode(query)
        sent = dict(headers or {})
        if wish is not None:
            content_type, body = self.request_example(operation, wish)
        if body is not None:
            sent["Content-Type"] = content_type or next(iter(operation.content))
        reply = self.send_in_time(operation.method.upper(), target, body, sent)
        what = f"{name} {reply.status}"
        if reply.status != str(status):
            raise Fault(f"{name}: {status} was expected, not {reply.status} {reply.text}")
        self.check(operation, reply, what)
        if example is not None:
            self.compare(operation, reply, example, what)
        return reply

    def target(self, operation, path=None):
        """The operation's path with values for its parameters."""
        target = operation.path
        for (where, key), parameter in operation.parameters.items():
            if where == "path":
                value = (path or {}).get(key, self.known.get(key, parameter["example"]))
                target = target.replace("{" + key + "}", urllib.parse.quote(str(value), safe=""))
        return target

    def send_in_time(self, method, target, body, headers):
        """As send(); when it comes too often, it waits as long as it is told to."""
        while True:
            reply = self.send(method, target, body, headers)
            if reply.status != "429":
                return reply
            time.sleep(int(reply.headers["retry-after"]))

    def send(self, method, target, body, headers):
        connection = http.client.HTTPConnection(self.host, timeout=40)
        data = None if body is None else body.encode("utf-8")
        sent = {"Authorization": "Bearer " + os.environ["ITN_TOKEN"], **headers}
        sent = {name: value for name, value in sent.items() if value is not None}
        connection.request(method, target, data, sent)
        reply = Reply(connection.getresponse())
        connection.close()
        return reply

    def request_example(self, operation, wish):
        for content_type, media in operation.content.items():
            if wish in media["examples"]:
                value = self.description.at(media["examples"][wish])["value"]
                self.description.check(value, media["schema"], wish)
                self.shown.add(wish)
                return content_type, value if isinstance(value, str) else json.dumps(value)
        raise Fault(f"{operation.name} has no example {wish}")

    def document_example(self, name):
        return self.description.document["components"]["examples"][name]["value"]

    def check(self, operation, reply, what):
        response = operation.responses.get(reply.status)
        if response is None:
            raise Fault(f"{what} is not described")
        operation.seen.add(reply.status)
        self.check_rate(operation, reply, what)
        for name, header in response.get("headers", {}).items():
            if name.lower() in reply.headers:
                value = reply.headers[name.lower()]
                self.description.check(value, self.description.at(header)["schema"], what)
        content = bare(response.get("content", {}))
        if not content and not reply.text:
            return
        if reply.type not in content:
            raise Fault(f"{what}: {reply.type} is not described")
        value = reply.json() if reply.type.endswith("json") and "ndjson" not in reply.type else reply.text
        self.description.check(value, content[reply.type]["schema"], what)
        if reply.type == "application/problem+json":
            self.check_problem(operation, reply, value, what)

    def check_rate(self, operation, reply, what):
        """Whoever was let in hears what is left of the rate that the operation names."""
        rate = operation.node.get("x-rate")
        headers = self.description.document["components"]["headers"]
        for name in ("RateLimit-Policy", "RateLimit"):
            value = reply.headers.get(name.lower())
            if value is None and (rate is None or reply.status[0] != "2"):
                continue
            if value is None or not value.startswith(f'"{rate}";'):
                raise Fault(f"{what}: {name} is {value} and x-rate {rate}")
            self.description.check(value, headers[name]["schema"], what)

    def check_problem(self, operation, reply, value, what):
        if self.statuses[value["type"]] != reply.status or str(value["status"]) != reply.status:
            raise Fault(f"{what}: {value['type']} has another status")
        slug = value["type"].removeprefix("/problems/")
        if slug not in GATE and slug not in operation.node.get("x-problems", []):
            raise Fault(f"{what}: {slug} does not stand in x-problems")

    def compare(self, operation, reply, example, what):
        media = bare(operation.responses[reply.status]["content"])[reply.type]
        if example not in media["examples"]:
            raise Fault(f"{what} has no example {example}")
        self.shown.add(example)
        said = self.description.at(media["examples"][example])["value"]
        if not reply.type.endswith("json") or "ndjson" in reply.type:
            return
        if masked(said) != masked(reply.json()):
            raise Fault(f"{what}: the example {example} says {said}, and the answer {reply.text}")

    def unseen(self):
        """Statuses that are described and were never given."""
        return [f"{one.name} {status}" for one in self.operations.values()
                for status in sorted(set(one.responses) - one.seen - UNPROVOKED)]
