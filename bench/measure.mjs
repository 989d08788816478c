// What the measurements share: processes, medians, tables.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { fileURLToPath } from 'node:url';

export const VMPROF = [process.execPath, fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))];

const CLOCK_TICK_MS = 10;

/** A program with its output at hand. */
export function start(command, { stderr = 'ignore' } = {}) {
  const [file, ...args] = command;
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', stderr] });
  const program = { pid: child.pid, stdout: '', stderr: '', ended: false, child };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    program.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    program.stderr += text;
  });
  child.stdin.on('error', () => {});
  program.exit = new Promise((resolve) => {
    child.on('error', (error) => resolve({ error }));
    child.on('close', (code, signal) => {
      program.ended = true;
      resolve({ code, signal });
    });
  });
  return program;
}

/** Sends a signal if the program still runs, and waits for its end. */
export async function stop(program, signal = 'SIGKILL') {
  if (!program.ended) program.child.kill(signal);
  return program.exit;
}

export async function waitUntil(what, condition, seconds = 60) {
  const deadline = performance.now() + seconds * 1000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited ${seconds} s in vain for: ${what}`);
    await sleep(5);
  }
}

export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** CPU time of a process with all its threads, and its greatest resident memory; of a wrapper, that of what it started. */
export function readUsage(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((tid) =>
    readFileSync(`/proc/${pid}/task/${tid}/children`, 'utf8').trim().split(' ').filter(Boolean),
  );
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const own = {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS,
    peakMb: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
  };
  return children
    .map(readUsage)
    .reduce((a, b) => ({ cpuMs: a.cpuMs + b.cpuMs, peakMb: Math.max(a.peakMb, b.peakMb) }), own);
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The middle half of the values, as `low … high`. */
export function spread(values, format) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.round((sorted.length - 1) * share)];
  return `${format(at(0.25))} … ${format(at(0.75))}`;
}

export function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}

export function printTable(header, rows) {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  console.log(line(header));
  console.log(`| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  for (const row of rows) console.log(line(row));
  console.log();
}

/** The machine, and how busy it was: numbers mean nothing without them. */
export function printMachine() {
  const [processor] = cpus();
  const load = loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');
  console.log(
    `${cpus().length} × ${processor?.model.trim()}, Linux ${release()}, Node ${process.versions.node}; load ${load}\n`,
  );
}

/** `--name value` of the command line, or the default. */
export function option(name, fallback) {
  const position = process.argv.indexOf(`--${name}`);
  return position === -1 ? fallback : process.argv[position + 1];
}

/** Files with code that a process has mapped. */
export function findMappedFiles(pid) {
  const paths = new Set();
  for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
    const match = /^\S+ ..x. \S+ \S+ \d+ +(\/.*)$/.exec(line);
    if (match !== null) paths.add(match[1]);
  }
  return [...paths];
}
