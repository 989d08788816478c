// Makes of a program one as Fedora installs it: stripped, with the names of its functions packed in a section.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Changes the program; a text says why it cannot be done here. */
export function makeMiniDebug(folder: string, program: string): string | undefined {
  const mini = join(folder, 'mini');
  const steps = [
    ['objcopy', '--only-keep-debug', program, mini],
    ['objcopy', '--strip-debug', '--remove-section=.comment', mini],
    ['strip', program],
    ['xz', '-f', mini],
    ['objcopy', `--add-section=.gnu_debugdata=${mini}.xz`, program],
  ] as const;
  for (const [command, ...rest] of steps) {
    const { error, status } = spawnSync(command, rest);
    if (error !== undefined) return `there is no ${command} here`;
    if (status !== 0) return `${command} fails here`;
  }
  return undefined;
}
