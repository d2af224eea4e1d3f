#!/usr/bin/python3
"""Executes the examples of docs/openapi.yaml against a running network.

Every answer must have a described status, its headers and body must be of the described schemas, and
what an example shows must be what happens. At the end every described status but those that only a
broken machine gives was seen, and every example was used. Arguments: host:port of the api, which
must be empty, and the folder of the documents.
"""
import sys

from caller import Caller
from description import Description, Fault
from story import tell

# Examples of what only a broken or hurried machine gives.
UNSEEN = {"internal", "unavailable", "otherwise", "notReady", "tooMany"}


def check_examples(description):
    """Every example that stands beside a schema is of that schema."""
    def walk(node):
        if isinstance(node, dict):
            if "schema" in node and "examples" in node:
                for name, example in node["examples"].items():
                    value = description.at(example)["value"]
                    description.check(value, node["schema"], f"the example {name}")
            elif "schema" in node and "example" in node:
                description.check(node["example"], node["schema"], "an example")
        for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            walk(one)
    walk(description.document)


def check_problems(caller):
    """Every problem that an operation names is one, with a status that the operation describes."""
    for operation in caller.operations.values():
        for slug in operation.node.get("x-problems", []):
            if caller.statuses.get("/problems/" + slug) not in operation.responses:
                raise Fault(f"{operation.name} names {slug} and not its status")


def main():
    host, folder = sys.argv[1:]
    description = Description(folder, "openapi.yaml")
    check_examples(description)
    caller = Caller(description, host)
    check_problems(caller)
    tell(caller)
    unused = set(description.document["components"]["examples"]) - caller.shown - UNSEEN
    faults = [f"never seen: {one}" for one in caller.unseen()]
    faults += [f"the example {one} was never used" for one in sorted(unused)]
    if faults:
        raise Fault("\n".join(faults))
    print(f"{len(caller.operations)} operations are what they say")


if __name__ == "__main__":
    try:
        main()
    except Fault as fault:
        sys.exit(str(fault))
