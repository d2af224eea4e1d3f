#!/usr/bin/python3
"""Posts trades at a fixed rate and measures from POST to the WebSocket frame of its confirmation.

Latency counts from the moment a request was due, so a stall is not hidden by the requests it held up.
"""
import argparse
import asyncio
import json
import os
import statistics
import time
import urllib.request
from urllib.parse import urlparse

import websockets

STATIONS = ["ceres", "europa", "ganymede", "titan", "mars", "luna"]


def sign_in(url):
    """An access token: ITN_TOKEN, or that of the administrator."""
    if "ITN_TOKEN" in os.environ:
        return os.environ["ITN_TOKEN"]
    body = {"email": os.environ["ITN_ADMIN_EMAIL"], "password": os.environ["ITN_ADMIN_PASSWORD"]}
    wish = urllib.request.Request(url + "/api/auth/login", json.dumps(body).encode(),
                                  {"Content-Type": "application/json"})
    with urllib.request.urlopen(wish) as answer:
        return json.load(answer)["accessToken"]


async def watch(url, token, seen, ready):
    async with websockets.connect(url, max_size=None) as socket:
        await socket.send(json.dumps({"authorize": token, "subscribe": ["trade"]}))
        async for text in socket:
            now = time.perf_counter()
            frame = json.loads(text)
            if frame["type"] == "hello":
                ready.set()
            elif frame["type"] == "event" and frame["event"] == "trade.confirmed":
                seen[frame["subject"]] = now


async def client(url, token, due_times, started, posted):
    target = urlparse(url)
    reader, writer = await asyncio.open_connection(target.hostname, target.port)
    while due_times:
        index = due_times.pop()
        due = started + index
        await asyncio.sleep(max(0, due - time.perf_counter()))
        seller = STATIONS[int(index * 1000) % len(STATIONS)]
        buyer = STATIONS[(STATIONS.index(seller) + 1) % len(STATIONS)]
        body = json.dumps({"tradeType": "buy", "seller": seller, "buyer": buyer,
                           "items": [{"productId": "ice", "quantity": 1}]})
        writer.write((f"POST /api/trades HTTP/1.1\r\nHost: itn\r\nContent-Type: application/json\r\n"
                      f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n")
                      if line.lower().startswith(b"content-length"))
        answer = json.loads(await reader.readexactly(length))
        if b" 202 " in head.split(b"\r\n")[0]:
            posted[answer["transactionId"]] = due
    writer.close()


async def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--url", required=True)
    options.add_argument("--ws-url", required=True)
    options.add_argument("--rate", type=int, default=200)
    options.add_argument("--seconds", type=int, default=20)
    options = options.parse_args()
    token = sign_in(options.url)
    seen, posted, ready = {}, {}, asyncio.Event()
    watcher = asyncio.create_task(watch(options.ws_url, token, seen, ready))
    await asyncio.wait_for(ready.wait(), 10)
    total = options.rate * options.seconds
    due_times = [i / options.rate for i in range(total)][::-1]
    started = time.perf_counter() + 0.2
    await asyncio.gather(*(client(options.url, token, due_times, started, posted) for _ in range(8)))
    deadline = time.perf_counter() + 10
    while time.perf_counter() < deadline and not posted.keys() <= seen.keys():
        await asyncio.sleep(0.05)
    watcher.cancel()
    delays = sorted((seen[i] - due) * 1000 for i, due in posted.items() if i in seen)
    if not delays:
        raise SystemExit("no confirmation was seen")
    print(f"{len(posted)} accepted, {len(delays)} confirmed at {options.rate} a second: "
          f"p50 {statistics.median(delays):.1f} ms, p99 {delays[int(len(delays) * 0.99)]:.1f} ms, "
          f"max {delays[-1]:.1f} ms")


asyncio.run(main())
