"""pool.py SECONDS [METHOD]: two workers of multiprocessing, started by fork (the default here), spawn or forkserver."""
import multiprocessing
import sys
import time


def crunch(seconds):
    end = time.time() + seconds
    n = 0
    while time.time() < end:
        n += 1
    return n


def main():
    if len(sys.argv) > 2:
        multiprocessing.set_start_method(sys.argv[2])
    pool = multiprocessing.Pool(2)
    pool.map(crunch, [float(sys.argv[1]) / 2] * 4, 1)
    pool.close()
    pool.join()
    print("done")


if __name__ == "__main__":
    main()
