"""subinterpreters.py SECONDS: the main interpreter and one more, each busy in a function of its own for so much CPU time."""
import os
import sys
import threading
import time

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

WORK = """
import os
# For this interpreter, the thread is its MainThread.
import threading
import time

def inside(seconds):
    while time.thread_time() < seconds:
        pass

# Up to 3.11, whoever has the lock in one interpreter does not hear that somebody in another one wants it: this comes first.
os.write(1, b"ready\\n")
os.write(%d, b".")
inside(%r)
"""


def outside(seconds):
    while time.thread_time() < seconds:
        pass


entered, enters = os.pipe()


def enter():
    identity = interpreters.create()
    run(identity, WORK % (enters, float(sys.argv[1])))
    interpreters.destroy(identity)


run = getattr(interpreters, "exec", None) or interpreters.run_string
thread = threading.Thread(target=enter, name="guest")
thread.start()
# Until it is in, it needs the interpreter lock many times: nobody else must want it meanwhile.
os.read(entered, 1)
outside(float(sys.argv[1]))
thread.join()
