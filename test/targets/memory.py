"""memory.py: grows to about 200 MB in one function, stays there for a moment in another, and falls."""
import time


def grow():
    blocks = []
    for _ in range(20):
        blocks.append(b"x" * 10000000)
        time.sleep(0.02)
    return blocks


def stay(blocks):
    time.sleep(0.4)
    return len(blocks)


def fall(blocks):
    blocks.clear()
    time.sleep(0.4)


blocks = grow()
stay(blocks)
fall(blocks)
