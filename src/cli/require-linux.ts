import { ProfilerError } from '../base/errors.ts';

/** Throws `unsupported-system` where programs cannot be watched; recordings can be shown everywhere. */
export function requireLinux(platform: string = process.platform, architecture: string = process.arch): void {
  if (platform === 'linux' && (architecture === 'x64' || architecture === 'arm64')) return;
  throw new ProfilerError(
    'unsupported-system',
    `Programs can be recorded on Linux (x86-64, arm64) only, and this is ${platform} ${architecture}. Recordings made there can be shown and converted here.`,
    { facts: { platform, architecture } },
  );
}
