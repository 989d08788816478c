"""subinterpreters.py SECONDS: the main interpreter and one more, each busy in a function of its own for so much CPU time."""
import sys
import threading
import time

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

WORK = """
import time

def inside(seconds):
    while time.thread_time() < seconds:
        pass

inside(%r)
"""


def outside(seconds):
    while time.thread_time() < seconds:
        pass


created = threading.Event()


def enter():
    identity = interpreters.create()
    created.set()
    run(identity, WORK % float(sys.argv[1]))
    interpreters.destroy(identity)


run = getattr(interpreters, "exec", None) or interpreters.run_string
thread = threading.Thread(target=enter, name="guest")
thread.start()
# Creating one takes the interpreter lock many times: nobody else must want it meanwhile.
created.wait()
print("ready")
sys.stdout.flush()
outside(float(sys.argv[1]))
thread.join()
