"""end.py HOW [SECONDS]: works for a moment, then ends in a special way."""
import os
import signal
import sys
import time


def work(seconds):
    end = time.time() + seconds
    while time.time() < end:
        pass


print("ready")
sys.stdout.flush()
work(float(sys.argv[2]) if len(sys.argv) > 2 else 0.3)
how = sys.argv[1]
if how == "os-exit":
    os._exit(7)
elif how == "exception":
    raise ValueError("the target's own failure")
elif how == "crash":
    import ctypes

    ctypes.string_at(8)
elif how.startswith("SIG"):
    os.kill(os.getpid(), getattr(signal, how))
    time.sleep(10)
else:
    sys.exit(int(how))
