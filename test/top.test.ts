import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ScreenSession } from './screen.ts';
import { isAlive, ordinaryPython, runVmprof, start, target, waitUntil } from './support.ts';

// `vmprof top` in a terminal, as a user sees it. What is counted, and every key, is tested beside the code in src/cli/top/.

const PYTHON = ordinaryPython();

async function startSpinning() {
  const program = start([PYTHON, target('spin.py'), '60']);
  await program.waitForOutput('ready');
  return program;
}

/** The process id that the first line tells; the program is killed when the test ends. */
function launchedPid({ screen }: ScreenSession): number {
  const pid = Number(/ {2}(\d+) · CPython/.exec(screen.lines[0])?.[1]);
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  return pid;
}

/** What a program must leave of the terminal. */
function expectRestored({ screen }: ScreenSession): void {
  expect(screen).toMatchObject({ isAlternate: false, isCursorVisible: true, isWrapping: true });
}

describe('top with a process', () => {
  it('shows a live table in the whole terminal, and gives the terminal back', async () => {
    const program = await startSpinning();
    const session = new ScreenSession(['top', String(program.pid), '--rate', '200']);
    const { screen } = session;
    await session.waitFor(/of the last [2-5] s/);
    expect(screen).toMatchObject({ isAlternate: true, isCursorVisible: false, isOverfull: false });
    const [head, progress, meters, subject, titles, first, second] = screen.lines;
    expect(head).toContain(`${program.pid} · CPython 3.`);
    expect(progress).toMatch(/^\d+\.\d s · [\d,]+ samples · \d+ Hz · \d+ lost · 1 thread · 1 process$/);
    expect(meters).toMatch(/^CPU +[\d.]+ % \S+ +GIL +[\d.]+ % \S+ +memory [\d.]+ MiB$/);
    expect(subject).toMatch(/^CPU time of all threads +% of the last \d s, 100 % is one CPU$/);
    expect(titles).toMatch(/^ ▼self% {2}total% +self +total {2}function +file:line$/);
    expect(first).toMatch(/^ +[\d.]+ +[\d.]+ +[\d.]+ m?s +[\d.]+ m?s {2}work +\S*spin\.py:7$/);
    expect(second).toMatch(/spin\.py/);
    expect(screen.lines.at(-1)).toMatch(/^q quit {2}s sort {2}r reverse .*\? help$/);

    // It lives.
    const frames = screen.frames;
    await waitUntil('two more pictures', () => screen.frames >= frames + 2);
    expect(screen.lines[1]).not.toBe(progress);

    session.press('2m');
    await session.waitFor(/^wall time of all threads/m);
    expect(screen.lines[4]).toMatch(/^ {2}self% ▼total% /);
    expect(screen.lines[5]).toMatch(/^ +\S+ +(9\d|1\d\d)\.\d /);
    session.press('t');
    await session.waitFor(new RegExp(`^wall time of thread 1 of 1: \\S+ \\(${program.pid}\\)`, 'm'));
    session.press('?');
    await session.waitFor(/^q, Ctrl-C +quit; the program goes on$/m);
    session.press('x');
    await session.waitFor(/▼total%/);

    session.press('p');
    await session.waitFor(/paused$/m);
    // Recording goes on: within this time two pictures would have come.
    const held = screen.text;
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(screen.text).toBe(held);
    session.press('p');
    await waitUntil('a newer picture', () => screen.lines[1] !== held.split('\n')[1]);

    session.press('q');
    expect(await session.ended).toEqual({ code: 0, signal: null, isRestored: true });
    expectRestored(session);
    expect(screen.normal).toBe('');
    expect(isAlive(program.pid)).toBe(true);
  });

  it('follows the size of the terminal', async () => {
    const program = await startSpinning();
    const session = new ScreenSession(['top', String(program.pid)]);
    const { screen } = session;
    await session.waitFor(/work +\S*spin\.py:7$/m);
    for (const [columns, rows] of [
      [120, 40],
      [48, 12],
      [20, 5],
      [80, 24],
    ]) {
      session.resize(columns, rows);
      const footer = columns > 40 ? /^q quit {2}s sort/ : /^q quit/;
      await waitUntil(
        `a picture of ${columns}x${rows}:\n${screen.text}`,
        () => footer.test(screen.lines[rows - 1] ?? '') && !screen.isOverfull,
      );
      // The bar of titles takes the whole width.
      expect(screen.lines.some((line) => /^ ▼self%/.test(line) && line.length <= columns)).toBe(true);
      expect(screen.lines.filter((line) => line.startsWith('q quit'))).toHaveLength(1);
    }
    session.press('\x03');
    expect(await session.ended).toEqual({ code: 0, signal: null, isRestored: true });
    expectRestored(session);
  });

  it('leaves the last picture when the program ends', async () => {
    const program = await startSpinning();
    const session = new ScreenSession(['top', String(program.pid)]);
    await session.waitFor(/work +\S*spin\.py:7$/m);
    program.kill('SIGKILL');
    expect(await session.ended).toEqual({ code: 0, signal: null, isRestored: true });
    expectRestored(session);
    const { normal } = session.screen;
    expect(normal).toMatch(/work +\S*spin\.py:7 *\r\n/);
    expect(normal.trimEnd()).toMatch(new RegExp(`vmprof: process ${program.pid} has ended\\.$`));
    expect(normal).not.toContain('q quit');
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('gives the terminal back on %s', async (signal) => {
    const program = await startSpinning();
    const session = new ScreenSession(['top', String(program.pid)]);
    await session.waitFor(/work +\S*spin\.py:7$/m);
    const [vmprof] = readFileSync(`/proc/${session.pid}/task/${session.pid}/children`, 'utf8').split(' ');
    process.kill(Number(vmprof), signal);
    expect(await session.ended).toEqual({ code: 0, signal: null, isRestored: true });
    expectRestored(session);
    expect(isAlive(program.pid)).toBe(true);
  });

  it('comes back from Ctrl-Z where no shell could stop it', async () => {
    const program = await startSpinning();
    const session = new ScreenSession(['top', String(program.pid)]);
    const { screen } = session;
    await session.waitFor(/work +\S*spin\.py:7$/m);
    const left: boolean[] = [];
    session.press('\x1a');
    await waitUntil('the normal screen, for a moment', () => {
      left.push(!screen.isAlternate);
      return left.includes(true);
    });
    await waitUntil('the table again', () => screen.isAlternate && /work +\S*spin/.test(screen.text));
    session.press('q');
    expect(await session.ended).toEqual({ code: 0, signal: null, isRestored: true });
  });
});

describe('top with a command', () => {
  it('keeps what the program prints away from the picture, and ends as the program does', async () => {
    const code = `import sys, time\nfor i in range(40):\n    print("NOISE", file=sys.stderr)\n    print("NOISE", flush=True)\n    time.sleep(0.05)\nassert sys.stdin.read() == ""\nsys.exit(7)`;
    const session = new ScreenSession(['top', '--measure', 'wall', '--', PYTHON, '-c', code]);
    await session.waitFor(/<module> +<string>:1$/m);
    expect(await session.ended).toEqual({ code: 7, signal: null, isRestored: true });
    expectRestored(session);
    const { normal } = session.screen;
    expect(normal.replaceAll('\x1b', '')).not.toMatch(/NOISE\s/);
    expect(normal).toMatch(/<module> +<string>:1 *\r\n/);
    expect(normal.trimEnd()).toMatch(/has ended with exit code 7 \(what it printed was dropped\)\.$/);
  });

  it('sends Ctrl-C to the program', async () => {
    const session = new ScreenSession(['top', '--', PYTHON, target('signals.py')]);
    await session.waitFor(/spin +\S*signals\.py/);
    session.press('\x03');
    // The program ends with 40 + the number of the signal.
    expect(await session.ended).toEqual({ code: 42, signal: null, isRestored: true });
  });

  it('asks on quitting: the program can run on', async () => {
    const session = new ScreenSession(['top', '--', PYTHON, target('spin.py'), '60']);
    await session.waitFor(/work +\S*spin\.py:7$/m);
    const pid = launchedPid(session);
    session.press('q');
    await session.waitFor(/^End the program, too\?/m);
    session.press('\x1b');
    await session.waitFor(/^q quit/m);
    session.press('qn');
    expect(await session.ended).toEqual({ code: 0, signal: null, isRestored: true });
    expectRestored(session);
    expect(session.screen.normal).toContain(`runs on as process ${pid}.`);
    expect(isAlive(pid)).toBe(true);
  });

  it('asks on quitting: the program can be ended', async () => {
    const session = new ScreenSession(['top', '--', PYTHON, target('signals.py')]);
    await session.waitFor(/spin +\S*signals\.py/);
    const pid = launchedPid(session);
    session.press('qy');
    expect(await session.ended).toEqual({ code: 0, signal: null, isRestored: true });
    expect(isAlive(pid)).toBe(false);
    expect(session.screen.normal).toContain('has ended with exit code 55 (what it printed was dropped).');
  });
});

describe('top that cannot', () => {
  it('says so where there is no terminal', async () => {
    const { code, stdout, stderr } = await runVmprof(['top', '1']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^vmprof: vmprof top needs a terminal, and its standard output is none\. .*\n$/);
  });

  it('says so for what is no process, without drawing', async () => {
    const session = new ScreenSession(['top', '999999999']);
    expect(await session.ended).toEqual({ code: 3, signal: null, isRestored: true });
    expect(session.screen.frames).toBe(0);
    expect(session.screen.normal).toMatch(/^vmprof: There is no process 999999999\..*\r\n$/);
  });

  it('says so for a process without Python, on the normal screen', async () => {
    const sleeper = start(['sleep', '60']);
    const session = new ScreenSession(['top', String(sleeper.pid)]);
    expect(await session.ended).toEqual({ code: 5, signal: null, isRestored: true });
    expectRestored(session);
    expect(session.screen.normal).toMatch(/^vmprof: Process \d+ \(sleep 60\) runs no Python/);
  });

  it('explains how to start a command', async () => {
    const { code, stderr } = await runVmprof(['top', 'app.py']);
    expect(code).toBe(2);
    expect(stderr).toContain('To start a command: vmprof top -- python3 app.py');
  });
});
