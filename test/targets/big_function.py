"""big_function.py SECONDS: one function of 20,000 lines that spends all its time on three of them: 3, 10003 and 20003."""
import sys
import time

lines = ["def big(end, wait):", "    n = 0"]
for number in range(20001):
    lines.append("    wait(end)" if number % 10000 == 0 else "    n = n + %d" % number)
namespace = {}
exec(compile("\n".join(lines) + "\n", "big.py", "exec"), namespace)


def wait(seconds):
    end = time.time() + seconds
    while time.time() < end:
        pass


print("ready")
sys.stdout.flush()
namespace["big"](float(sys.argv[1]) / 3, wait)
