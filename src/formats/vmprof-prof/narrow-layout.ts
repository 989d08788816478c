// Files with 4-byte words come from 32-bit hosts or from Windows, and those of Windows before vmprof 0.4.0 do not say so.

import type { Input } from '../input.ts';
import { DamageLog } from './damage.ts';
import { FieldWindow } from './field-window.ts';
import { listNarrowLayouts, type ProfLayout } from './layout.ts';
import { CUT, INVALID, MARKER, measureRecord, readVersion } from './record-length.ts';
import { chooseClock, isUsual } from './recovery.ts';
import { createSection, MODE } from './section.ts';

/** What walking through the same bytes again has to know. */
export interface ParserMemory {
  /** Layouts of files with 4-byte words, found by trying, by byte order. */
  readonly narrow: Map<string, ProfLayout>;
}

/** The layout that makes sense of the most records, for the profile that begins at the offset. */
export function chooseNarrowLayout(
  input: Input,
  offset: number,
  told: ProfLayout,
  memory: ParserMemory,
): ProfLayout {
  const key = String(told.isLittleEndian);
  const known = memory.narrow.get(key);
  if (known !== undefined) return known;
  let best = told;
  let most = -1;
  for (const layout of listNarrowLayouts(told.isLittleEndian)) {
    const sense = probeLayout(input, offset, layout);
    if (sense > most) {
      best = layout;
      most = sense;
    }
  }
  memory.narrow.set(key, best);
  return best;
}

/**
 * How many records of a profile can be read if it has this layout, times two, and one more if what the file ends with can
 * be the beginning of a record.
 */
function probeLayout(input: Input, offset: number, layout: ProfLayout): number {
  const window = new FieldWindow(new DamageLog().guardBlocks(input.blocks()));
  const { reader } = window;
  window.layout = layout;
  reader.skip(offset + 5 * layout.wordSize);
  const section = createSection(offset, layout, 0, false);
  for (let sense = 0; ; ) {
    chooseClock(window, section);
    const length = measureRecord(window, section, 0);
    if (section.isEnded || length === CUT) return sense + 1;
    if (length === INVALID || !isUsual(window, section, length)) return sense;
    sense += 2;
    const marker = window.byte(0);
    if (marker === MARKER.header) {
      section.version = readVersion(window, 0);
      section.mode = section.version >= 4 ? window.byte(3) : section.version === 3 ? MODE.memory : 0;
    }
    if (marker === MARKER.end) section.isEnded = true;
    reader.position += length;
  }
}
