import type { ByteLines } from '../byte-lines.ts';

/** The first line of a sample. */
export interface PerfHeader {
  readonly comm: string;
  /** Undefined where only threads are told. */
  readonly pid: number | undefined;
  readonly tid: number;
  readonly hasCpu: boolean;
  /** In nanoseconds of perf's clock. */
  readonly time: number | undefined;
  readonly period: number | undefined;
  readonly event: string;
  /** Address, symbol and mapped file of a sample that has no stack. */
  readonly frame: string | undefined;
}

/** Longer ones are cut: what counts stands in front. */
const MAX_HEADER = 1024;
const MAX_ID = 2 ** 31 - 1;

const WHERE = String.raw`^\s*(.{1,64}?)\s+(?:(\d{1,10})\/)?(-?\d{1,10})\s+(?:\[(\d+)\]\s+)?`;
/** Flags (`-F misc` and the like) are letters and dots. */
const FLAGS = String.raw`(?:[^\s\d[:][^\s:]{0,7}\s+)?`;
const EVENT = String.raw`(?:(\d+)\s+)?([^\s:]\S*?):(?:\s+(\S.*)|\s*)$`;
const WITH_TIME = new RegExp(`${WHERE}${FLAGS}(\\d{1,10})\\.(\\d{1,9}):\\s+${EVENT}`);
const WITHOUT_TIME = new RegExp(`${WHERE}()()${EVENT}`);

/** Undefined when the line is something else. Names of programs hold spaces and digits, as `Web Content 7`. */
export function parsePerfHeader(lines: ByteLines): PerfHeader | undefined {
  const text = lines.text(lines.start, Math.min(lines.end, lines.start + MAX_HEADER));
  const match = WITH_TIME.exec(text) ?? WITHOUT_TIME.exec(text);
  if (match === null) return undefined;
  const [, comm, pid, tid, cpu, seconds, fraction, period, event, rest] = match;
  return {
    comm,
    pid: pid === undefined ? undefined : Math.min(Number(pid), MAX_ID),
    tid: Math.min(Number(tid), MAX_ID),
    hasCpu: cpu !== undefined,
    time: seconds === '' ? undefined : Number(seconds) * 1e9 + Number(fraction.padEnd(9, '0')),
    period: period === undefined ? undefined : Number(period),
    event,
    // Of trace points, what they tell stands here instead.
    frame: rest !== undefined && /^[0-9a-f]{1,16}(?: .*\)| \S+)?$/.test(rest) ? rest : undefined,
  };
}
