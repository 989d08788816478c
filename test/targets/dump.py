"""Two threads that wait at known places. Its lines are named in dump.test.ts."""
import threading
import time


def eat(plate):
    started = True
    # The main thread never sets it.
    threading.Event().wait()
    return started


def descend(depth):
    if depth > 0:
        return descend(depth - 1)
    time.sleep(600)


threading.Thread(target=eat, args=(["rice", "beans"],), name="eater", daemon=True).start()
print("ready", flush=True)
descend(40)
