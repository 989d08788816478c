"""terminal.py AWAITED KEYS COMMAND...: runs a command in a terminal of its own, types KEYS once AWAITED was printed, and prints
as JSON what the terminal showed and how the command ended."""
import json
import os
import pty
import sys

awaited, keys, command = sys.argv[1].encode(), sys.argv[2].encode(), sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
shown = b""
typed = False
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    shown += data
    if not typed and awaited in shown:
        os.write(terminal, keys)
        typed = True
_, status = os.waitpid(pid, 0)
print(json.dumps({
    "shown": shown.decode("utf-8", "replace"),
    "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
    "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
}))
