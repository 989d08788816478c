// Labels of pprof's samples, attributes of OTLP's. pprof gives them no meaning; these are the keys by which profilers commonly
// tell threads, processes and times: perf_to_profile, parca-agent, Datadog's agents, OpenTelemetry's conventions
// (https://opentelemetry.io/docs/specs/semconv/registry/attributes/process/), and our own export.

import { STATE_HOLDS_GIL } from '../../profile/tables.ts';

/** What a label tells. `nativeTid` is the system's id, which wins over a runtime's own. */
export type LabelRole =
  | 'pid'
  | 'command'
  | 'tid'
  | 'nativeTid'
  | 'thread'
  | 'comm'
  | 'time'
  | 'state'
  | 'gil';

/** Keys in lower case, with `_` for everything between words. */
const ROLES: Readonly<Record<string, LabelRole>> = {
  pid: 'pid',
  process_id: 'pid',
  process_pid: 'pid',
  process: 'command',
  process_name: 'command',
  process_command: 'command',
  process_executable_name: 'command',
  process_command_line: 'command',
  tid: 'tid',
  thread_id: 'tid',
  os_thread_id: 'nativeTid',
  native_thread_id: 'nativeTid',
  thread_native_id: 'nativeTid',
  thread: 'thread',
  thread_name: 'thread',
  comm: 'comm',
  end_timestamp_ns: 'time',
  timestamp_ns: 'time',
  thread_state: 'state',
  gil: 'gil',
};

/** What the label of this key tells; undefined for all others. */
export function getLabelRole(key: string): LabelRole | undefined {
  if (key.length > 30) return undefined;
  const normal = key.toLowerCase().replace(/[ .-]/g, '_');
  return Object.hasOwn(ROLES, normal) ? ROLES[normal] : undefined;
}

/** Keys that our export of pprof writes. */
export const LABEL_KEYS = {
  pid: 'pid',
  command: 'process_name',
  tid: 'thread_id',
  thread: 'thread_name',
  state: 'thread_state',
  gil: 'gil',
} as const;

/** Value of the label `gil` where the thread held the interpreter lock. */
export const GIL_HELD = 'held';

/** The number in a label's text: .NET's `<7> [#4711]` ends in the system's id. NaN where there is none. */
export function parseIdText(text: string): number {
  const [, digits] = /^\s*(\d{1,15})\s*$/.exec(text) ?? /#(\d{1,15})\]$/.exec(text) ?? [];
  return digits === undefined ? Number.NaN : Number(digits);
}

/** The flag of a label `gil`. */
export function parseGil(text: string): number {
  return text === GIL_HELD ? STATE_HOLDS_GIL : 0;
}

/** Keys that are named to the user. */
const NAMED_KEYS = 5;

/** The keys in a sentence, as far as there is room for them. */
export function formatKeys(keys: readonly string[]): string {
  const named = keys.slice(0, NAMED_KEYS).join(', ');
  return keys.length > NAMED_KEYS ? `${named} and ${keys.length - NAMED_KEYS} more` : named;
}
