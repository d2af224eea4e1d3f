#!/usr/bin/python3
"""Prints every event frame of the feed as one JSON line until it has seen as many as it was asked for.

A client that is not ours: Debian's python3-websockets. Arguments: URL, subscriptions (JSON), count.
"""
import asyncio
import json
import sys

import websockets


async def main():
    url, subscriptions, count = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
    async with websockets.connect(url) as socket:
        await socket.send(json.dumps({"subscribe": subscriptions}))
        while count > 0:
            frame = json.loads(await asyncio.wait_for(socket.recv(), 60))
            print(json.dumps(frame), flush=True)
            if frame["type"] == "event":
                count -= 1


asyncio.run(main())
