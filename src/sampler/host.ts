import { cpus, hostname, release, type } from 'node:os';

/** For example `web-1, Linux 6.1.0 x64, 8 CPUs`. */
export function describeHost(): string {
  const count = cpus().length;
  return `${hostname()}, ${type()} ${release()} ${process.arch}, ${count} CPU${count === 1 ? '' : 's'}`;
}
