"""cpu_work.py ROUNDS DEPTH: a fixed amount of pure Python work under DEPTH calls. Says "ready", waits for a line on standard
input, works, prints the seconds and the seconds of CPU time that the work took, and waits for another line before it ends."""
import resource
import sys
import time


def step(values, n):
    total = 0
    for value in values:
        total += value ^ n
    return total


def mix(values, n):
    return step(values, n) + step(values, n + 1)


def work(rounds):
    values = list(range(40))
    total = 0
    for n in range(rounds):
        total ^= mix(values, n)
    return total


def descend(depth, rounds):
    if depth > 0:
        return descend(depth - 1, rounds)
    return work(rounds)


rounds, depth = int(sys.argv[1]), int(sys.argv[2])
sys.setrecursionlimit(depth + 1000)
clock = getattr(time, "perf_counter", time.time)
print("ready")
sys.stdout.flush()
sys.stdin.readline()


def cpu_time():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


start, cpu_start = clock(), cpu_time()
descend(depth - 4, rounds)
print("%.6f %.6f" % (clock() - start, cpu_time() - cpu_start))
sys.stdout.flush()
sys.stdin.readline()
