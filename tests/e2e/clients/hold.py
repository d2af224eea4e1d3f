#!/usr/bin/python3
"""Clients that send batches and never finish: each sends its body one byte a second, over TLS.

Whoever is answered comes again. Prints "ready" when all have sent their heads. Arguments: port, how
many from each address, addresses.
"""
import asyncio
import ssl
import sys

HEAD = b"POST /api/trades/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"


async def is_answered(reader):
    """Waits a second for an answer, or the end."""
    try:
        await asyncio.wait_for(reader.read(4096), 1)
        return True
    except asyncio.TimeoutError:
        return False


async def hold(port, tls, address, came):
    while True:
        try:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=tls, local_addr=(address, 0))
            writer.write(HEAD)
            await writer.drain()
            came.release()
            while not await is_answered(reader):
                writer.write(b" ")
            writer.close()
        except OSError:
            await asyncio.sleep(0.5)


async def main():
    port, count, addresses = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    tls = ssl._create_unverified_context()
    came = asyncio.Semaphore(0)
    clients = [asyncio.create_task(hold(port, tls, address, came))
               for address in addresses for _ in range(count)]
    for _ in clients:
        await came.acquire()
    print("ready", flush=True)
    await asyncio.gather(*clients)


asyncio.run(main())
