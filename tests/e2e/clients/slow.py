#!/usr/bin/python3
"""Clients that never finish: each sends the rest of its request one byte a second, over TLS.

Whoever is answered or cut off comes again. Prints "ready" when all are there. Arguments: port, how
many of each address, what they ask for ("head": their heads never end; "batch": their bodies), and
addresses, or none for any.
"""
import asyncio
import ssl
import sys

BEGIN = {
    "head": b"GET /api/stations HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    "batch": b"POST /api/trades/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n",
}


async def is_over(reader):
    """Waits a second for an answer, or the end."""
    try:
        await asyncio.wait_for(reader.read(4096), 1)
        return True
    except asyncio.TimeoutError:
        return False


async def be_slow(port, tls, begin, local, came):
    while True:
        try:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=tls, local_addr=local)
            writer.write(begin)
            await writer.drain()
            came.release()
            while not await is_over(reader):
                writer.write(b"x")
            writer.close()
        except OSError:
            await asyncio.sleep(0.5)


async def main():
    port, count, begin = int(sys.argv[1]), int(sys.argv[2]), BEGIN[sys.argv[3]]
    locals_ = [(address, 0) for address in sys.argv[4:]] or [None]
    tls = ssl._create_unverified_context()
    came = asyncio.Semaphore(0)
    clients = [asyncio.create_task(be_slow(port, tls, begin, local, came))
               for local in locals_ for _ in range(count)]
    for _ in clients:
        await came.acquire()
    print("ready", flush=True)
    await asyncio.gather(*clients)


asyncio.run(main())
