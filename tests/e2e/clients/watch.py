#!/usr/bin/python3
"""Prints every event frame of the feed as one JSON line until it has seen as many as it was asked for.

A client that is not ours: Debian's python3-websockets. Arguments: URL, subscriptions (JSON), count. ITN_TOKEN is
who watches.
"""
import asyncio
import json
import os
import ssl
import sys

import websockets


async def main():
    url, subscriptions, count = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
    # The gateway of the tests has a certificate that nobody signed.
    tls = ssl._create_unverified_context() if url.startswith("wss:") else None
    async with websockets.connect(url, ssl=tls) as socket:
        await socket.send(json.dumps({"authorize": os.environ["ITN_TOKEN"],
                                      "subscribe": subscriptions}))
        while count > 0:
            frame = json.loads(await asyncio.wait_for(socket.recv(), 60))
            print(json.dumps(frame), flush=True)
            if frame["type"] == "event":
                count -= 1


asyncio.run(main())
