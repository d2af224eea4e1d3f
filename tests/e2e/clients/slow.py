#!/usr/bin/python3
"""Clients that never finish: each sends its request's head one byte a second, over TLS.

Whoever is cut off comes again. Prints "ready" when all are there. Arguments: port, how many.
"""
import asyncio
import ssl
import sys

HEAD = b"GET /api/stations HTTP/1.1\r\nHost: localhost\r\nX-Slow: "


async def has_ended(reader):
    """Waits a second for the end."""
    try:
        return await asyncio.wait_for(reader.read(4096), 1) == b""
    except asyncio.TimeoutError:
        return False


async def be_slow(port, tls, came):
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
            writer.write(HEAD)
            came.release()
            while not await has_ended(reader):
                writer.write(b"x")
            writer.close()
        except OSError:
            await asyncio.sleep(0.5)


async def main():
    port, count = int(sys.argv[1]), int(sys.argv[2])
    tls = ssl._create_unverified_context()
    came = asyncio.Semaphore(0)
    clients = [asyncio.create_task(be_slow(port, tls, came)) for _ in range(count)]
    for _ in range(count):
        await came.acquire()
    print("ready", flush=True)
    await asyncio.gather(*clients)


asyncio.run(main())
