import { existsSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildBusyService } from '../src/cli/output/busy-service.testing.ts';
import { FORMATS } from '../src/formats/formats.ts';
import { parseRecording } from '../src/profile/recording/recording-decoder.ts';
import { encodeRecording } from '../src/profile/recording/recording-encoder.ts';
import { readRecording, runVmprof, temporaryFolder } from './support.ts';

// `vmprof convert`: files and streams in, files and streams out.

const BUSY = buildBusyService();
const BYTES = encodeRecording(BUSY);

function recordingFolder(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'app.vmprof'), BYTES);
  return folder;
}

function convert(args: readonly string[], cwd: string, input?: Uint8Array) {
  return runVmprof(['convert', ...args], { cwd, ...(input === undefined ? {} : { input }) });
}

describe('vmprof convert', () => {
  it('writes speedscope JSON by the end of the name, and says what it left out', async () => {
    const folder = recordingFolder();
    const { code, stdout, stderr } = await convert(['app.vmprof', '-o', 'app.speedscope.json'], folder);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^vmprof: app\.speedscope\.json: Left out, .*memory\.\n$/);
    const written = JSON.parse(readFileSync(join(folder, 'app.speedscope.json'), 'utf8'));
    expect(written.profiles).toHaveLength(BUSY.threads.length);
    expect(written.name).toBe('app.vmprof');
  });

  it('puts the texts of source files into recordings, and says where they have no place', async () => {
    const folder = temporaryFolder();
    const source = join(folder, 'app.py');
    writeFileSync(source, 'def main():\r\n    pass\r\n');
    writeFileSync(join(folder, 'a.collapsed'), `main (${source}:2) 3\nother (/nowhere.py:1) 1\n`);
    const made = await convert(['a.collapsed', '-o', 'a.vmprof', '--embed-sources'], folder);
    expect([made.code, made.stderr]).toEqual([0, '']);
    unlinkSync(source);
    const { sources } = readRecording(join(folder, 'a.vmprof'));
    expect([...(sources ?? [])]).toEqual([[source, 'def main():\n    pass\n']]);
    // From there on they go with it, and are shown where the file is no more.
    const merged = await convert(['a.vmprof', 'a.vmprof', '-o', 'b.vmprof'], folder);
    expect(merged.code).toBe(0);
    const shown = await runVmprof(['show', 'b.vmprof', '--view', 'lines'], { cwd: folder });
    expect(shown.stdout).toMatch(/2 .* {2}pass/);
    const refused = await convert(['a.vmprof', '-o', 'a.svg', '--embed-sources'], folder);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('has no place for source files');
  });

  it('writes the page with what was selected into one file, by the end of the name', async () => {
    const folder = recordingFolder();
    const args = ['app.vmprof', '-o', 'app.html', '--thread', 'MainThread'];
    const { code, stderr } = await convert(args, folder);
    expect([code, stderr]).toEqual([0, '']);
    const page = readFileSync(join(folder, 'app.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    const [, name, content] =
      /class="embedded-recording" data-name="([^"]*)">([^<]*)<\/script>/.exec(page) ?? [];
    expect(name).toBe('app.vmprof');
    const { profile } = parseRecording(Buffer.from(content, 'base64'));
    expect(profile.samples.length).toBeGreaterThan(0);
    expect(profile.samples.length).toBeLessThan(BUSY.samples.length);
  });

  it('writes collapsed stacks to standard output, with nothing else there', async () => {
    const { code, stdout } = await convert(['app.vmprof', '-o', '-', '--to', 'collapsed'], recordingFolder());
    expect(code).toBe(0);
    for (const line of stdout.trimEnd().split('\n')) expect(line).toMatch(/^.+ \d+$/);
  });

  it('there and back again: the same functions with the same costs', async () => {
    const folder = recordingFolder();
    await convert(['app.vmprof', '-o', 'a.folded.gz'], folder);
    expect(gunzipSync(readFileSync(join(folder, 'a.folded.gz'))).toString()).toContain('(no stack)');
    const back = await convert(['a.folded.gz', '-o', 'b.vmprof'], folder);
    expect([back.code, back.stderr]).toEqual([0, '']);
    expect(readRecording(join(folder, 'b.vmprof')).facts.mode).toBe('imported');
    const [before, after] = await Promise.all(
      ['app.vmprof', 'b.vmprof'].map(async (file) => {
        const { stdout } = await runVmprof(['show', file, '--json'], { cwd: folder });
        const rows: { name: string; self: { share: number } }[] = JSON.parse(stdout).functions;
        return rows.map(({ name, self }) => [name, self.share]);
      }),
    );
    expect(after).toEqual(before);
  });

  it('cuts a recording, with all that belongs to it', async () => {
    const folder = recordingFolder();
    const { code } = await convert(['app.vmprof', '-o', 'part.vmprof', '--time', '10s-20s'], folder);
    expect(code).toBe(0);
    const part = readRecording(join(folder, 'part.vmprof'));
    // Four threads all the time, and a child from 15.2 s on.
    expect(part.samples.length).toBe(4 * 1000 + 477);
    expect(Math.min(...part.counters.time) * part.timeUnit).toBe(10e9);
    expect(Math.max(...part.counters.time) * part.timeUnit).toBeLessThan(20e9);
    expect(part.facts.command).toBe(BUSY.facts.command);
    expect(part.threads.length).toBe(BUSY.threads.length);
  });

  it('reads standard input', async () => {
    const folder = temporaryFolder();
    const { code } = await convert(['-', '-o', 'out.txt', '--measure', 'samples'], folder, BYTES);
    expect(code).toBe(0);
    const counts = readFileSync(join(folder, 'out.txt'), 'utf8').trimEnd().split('\n');
    const sum = counts.reduce((total, line) => total + Number(/\d+$/.exec(line)?.[0]), 0);
    expect(sum).toBe(BUSY.samples.length);
  });

  it('makes one recording of several, their processes apart', async () => {
    const folder = recordingFolder();
    const once = await convert(['app.vmprof', 'app.vmprof', '-o', 'twice.vmprof'], folder);
    expect([once.code, once.stdout, once.stderr]).toEqual([0, '', '']);
    const twice = readRecording(join(folder, 'twice.vmprof'));
    expect(twice.samples.length).toBe(2 * BUSY.samples.length);
    expect(twice.processes.length).toBe(2 * BUSY.processes.length);
    expect(twice.functions.length).toBe(BUSY.functions.length);
  });

  it('calls processes without a command by their files', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'one.txt'), 'a;b 7\n');
    writeFileSync(join(folder, 'two.txt'), 'a;c 5\n');
    await convert(['one.txt', 'two.txt', '-o', 'both.vmprof'], folder);
    const { processes, strings } = readRecording(join(folder, 'both.vmprof'));
    expect(Array.from(processes.command, (row) => strings[row])).toEqual(['one.txt', 'two.txt']);
  });

  it('reads standard input among several, writes to standard output, and tells what does not fit', async () => {
    const folder = recordingFolder();
    const args = ['app.vmprof', '-', '-o', '-', '--to', 'vmprof', '--measure', 'wall'];
    const { code, stdout, stderr } = await convert(args, folder, new TextEncoder().encode('a;b 7\n'));
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(1000);
    expect(stderr).toContain('do not tell when they began: standard input.');
    expect(stderr).toContain('standard input has samples.');
  });

  it('lists the formats that there are', async () => {
    const { stdout } = await runVmprof(['convert', '--help']);
    const words = stdout.replace(/ +/g, ' ');
    for (const { name, title } of FORMATS) expect(words).toContain(`\n ${name} ${title}`);
    expect((await runVmprof(['help', 'convert'])).stdout).toBe(stdout);
  });

  it.each([
    [['app.vmprof', 'missing', '-o', 'x.txt'], 9, 'Cannot read missing'],
    [
      ['app.vmprof', '-o', 'x.txt', '--thread', 'nobody'],
      2,
      'app.vmprof: The recording has no thread "nobody".',
    ],
    [['-', '-', '-o', 'x.txt'], 2, 'Standard input can be read once only'],
    [['app.vmprof', '-o', 'app.xml'], 13, 'The name "app.xml" does not tell a format.'],
    [['app.vmprof', '-o', 'x', '--to', 'xml'], 13, 'There is no format "xml".'],
    [['app.vmprof', '-o', '-'], 2, 'add --to FORMAT'],
    [['app.vmprof'], 2, "required option '-o, --output <file>' not specified"],
    [
      ['app.vmprof', '-o', 'no/such/folder.txt'],
      10,
      'Cannot write no/such/folder.txt: there is no such file or folder.',
    ],
    [['app.vmprof', '-o', '/dev/full', '--to', 'vmprof'], 10, 'Cannot write /dev/full: the disk is full.'],
    [
      ['app.vmprof', '-o', 'x.txt', '--from', 'speedscope'],
      11,
      'app.vmprof: The file is no valid speedscope JSON',
    ],
    [['missing', '-o', 'x.txt'], 9, 'Cannot read missing'],
  ])('convert %j fails with exit code %d', async (args, code, message) => {
    const folder = recordingFolder();
    const finished = await convert(args, folder);
    expect(finished.stdout).toBe('');
    expect(finished.stderr).toContain(message);
    expect(finished.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(finished.code).toBe(code);
    expect(existsSync(join(folder, 'x.txt'))).toBe(false);
  });
});
