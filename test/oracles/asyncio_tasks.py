"""Tasks of an event loop that give way to each other after every step."""
import asyncio
import sys
import time


def a_leaf(n):
    while n:
        n -= 1


async def a_step():
    a_leaf(20)  #: call
    await asyncio.sleep(0)  #: sleep


async def a_task(end):
    while time.time() < end:
        await a_step()  #: step


def b_leaf(n):
    while n:
        n -= 1


async def b_step():
    b_leaf(20)  #: call
    await asyncio.sleep(0)  #: sleep


async def b_task(end):
    while time.time() < end:
        await b_step()  #: step


async def both(end):
    await asyncio.gather(a_task(end), b_task(end))  #: gather


print("ready")
sys.stdout.flush()
loop = asyncio.new_event_loop()
loop.run_until_complete(both(time.time() + float(sys.argv[1])))  #: main
loop.close()
