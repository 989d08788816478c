# Signals, forks and threads that end, all at once: whatever looks at this program from outside must not break it. Goes on until its
# standard input is closed; then it says whether all went well.
import os
import select
import signal
import sys
import threading

alarms = [0]


def on_alarm(number, frame):
    alarms[0] += 1


def work():
    total = 0
    for i in range(20000):
        total += i
    return total


def poll():
    readable, _ = os.pipe()
    poller = select.epoll()
    poller.register(readable, select.EPOLLIN)
    while True:
        poller.poll(0.05)


signal.signal(signal.SIGALRM, on_alarm)
signal.setitimer(signal.ITIMER_REAL, 0.003, 0.003)
poller = threading.Thread(target=poll)
poller.daemon = True
poller.start()
print("ready")
sys.stdout.flush()
while not select.select([sys.stdin], [], [], 0)[0]:
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    child = os.fork()
    if child == 0:
        work()
        os._exit(7)
    assert os.waitpid(child, 0)[1] == 7 << 8
    sorted(range(3000), key=lambda x: -x)
signal.setitimer(signal.ITIMER_REAL, 0)
print("fine" if alarms[0] > 10 and poller.is_alive() else "broken")
