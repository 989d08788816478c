"""spin.py [SECONDS]: two busy functions, one of which gets three times the work of the other, for so much CPU time; then ends
with exit code 0."""
import os
import sys


def work(n):
    while n:
        n -= 1


def light():
    work(2000)  # line 13


def heavy():
    work(6000)  # line 17


def cpu_time():
    return sum(os.times()[:2])


def main(seconds):
    end = cpu_time() + seconds
    dice = 1
    while cpu_time() < end:
        # A busy machine changes programs at system calls, and takes samples there: so there are few of them.
        for _ in range(200):
            # In no order, which the ticks of the kernel's clock could be in step with.
            dice = (dice * 1103515245 + 12345) & 0x7FFFFFFF
            if dice & 0x10000:
                light()
            else:
                heavy()
    print("cpu %.3f" % cpu_time())


print("ready")
sys.stdout.flush()
main(float(sys.argv[1]) if len(sys.argv) > 1 else 1e9)
