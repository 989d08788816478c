"""wait.py [SECONDS]: does nothing but sleep."""
import sys
import time


def nap(seconds):
    time.sleep(seconds)


print("ready")
sys.stdout.flush()
nap(float(sys.argv[1]) if len(sys.argv) > 1 else 1e6)
