"""Reads an OpenAPI or AsyncAPI document and holds values against its schemas.

A schema that lists properties is closed here even where clients must expect more: a field that is
sent and not described is a fault of the description.
"""
import copy
import os
import re

import jsonschema
import yaml


class Fault(AssertionError):
    """What the description says is not what happens."""


class Description:
    """One document of the folder; references between documents are by file name."""

    def __init__(self, folder, name):
        self.documents = {}
        store = {}
        for one in ("openapi.yaml", "asyncapi.yaml"):
            with open(os.path.join(folder, one), encoding="utf-8") as file:
                self.documents[one] = yaml.safe_load(file)
            closed = copy.deepcopy(self.documents[one])
            close(closed["components"]["schemas"])
            store["file:///" + one] = closed
        self.document = self.documents[name]
        base = "file:///" + name
        self.resolver = jsonschema.RefResolver(base, store[base], store)

    def at(self, node):
        """The node, or what it refers to."""
        while isinstance(node, dict) and "$ref" in node:
            target = self.document
            for name in node["$ref"].removeprefix("#/").split("/"):
                target = target[name.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def check(self, value, schema, what):
        """Raises Fault unless the value is of the schema."""
        schema = copy.deepcopy(schema)
        close(schema)
        validator = jsonschema.Draft202012Validator(schema, resolver=self.resolver)
        errors = sorted(validator.iter_errors(value), key=lambda error: list(error.path))
        if errors:
            reason = jsonschema.exceptions.best_match(errors) or errors[0]
            raise Fault(f"{what}: {reason.message} at {list(reason.absolute_path)} in {value}")


def close(schema):
    """Closes every schema in it that lists properties and does not say whether it is open."""
    if isinstance(schema, list):
        for one in schema:
            close(one)
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("properties"), dict):
        schema.setdefault("additionalProperties", False)
    for one in schema.values():
        close(one)


MASKS = [
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"), "<time>"),
    (re.compile(r"v1\.[^.]+\.[A-Za-z0-9_-]*"), "<position>"),
    (re.compile(r"\b[0-9a-f]{16,32}\b"), "<hex>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<address>"),
    (re.compile(r":\d+(:\d+)?$"), "<seq>"),
]
CHANGING = {"seq", "lane", "nextCursor", "traceparent", "accessToken", "refreshToken", "access_token",
            "key", "keyId", "ticket"}


def masked(value):
    """The value without what differs from run to run."""
    if isinstance(value, dict):
        # The shipment of a trade is found a moment after the trade was confirmed.
        return {key: "<any>" if key in CHANGING else masked(one) for key, one in value.items()
                if not (key == "shipmentId" and "tradeType" in value)}
    if isinstance(value, list):
        return [masked(one) for one in value]
    if isinstance(value, str):
        for pattern, name in MASKS:
            value = pattern.sub(name, value)
    return value
