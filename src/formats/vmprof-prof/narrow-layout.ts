// Files with 4-byte words come from 32-bit hosts or from Windows, and those of Windows before vmprof 0.4.0 do not say so.

import type { Input } from '../input.ts';
import { FieldWindow } from './field-window.ts';
import { listNarrowLayouts, type ProfLayout } from './layout.ts';
import { CUT, MARKER, measureRecord, readDepth, readVersion } from './record-length.ts';
import { chooseClock, hidesRecord, isConvincing, isUsual } from './recovery.ts';
import { createSection, MODE, type ProfSection } from './section.ts';

/** What a place that makes no sense takes away: two records. */
const LOSS = 4;

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
 * be the beginning of a record. Damage is passed over, since it may stand before all that tells, but counts against it: a
 * wrong layout finds something again and again.
 */
function probeLayout(input: Input, offset: number, layout: ProfLayout): number {
  const window = new FieldWindow(input.blocks());
  const { reader } = window;
  window.layout = layout;
  reader.skip(offset + 5 * layout.wordSize);
  const section = createSection(offset, layout, 0, false);
  let deepest = 0;
  for (let sense = 0; ; ) {
    if (section.isEnded) return sense + 1;
    chooseClock(window, section);
    const length = measureRecord(window, section, 0);
    if (length < 0 || !isUsual(window, section, length) || hidesRecord(window, section, length, deepest)) {
      if (!findNext(window, section)) return length === CUT ? sense + 1 : sense;
      sense -= LOSS;
      continue;
    }
    sense += 2;
    const marker = window.byte(0);
    if (marker === MARKER.header) {
      section.version = readVersion(window, 0);
      section.mode = section.version >= 4 ? window.byte(3) : section.version === 3 ? MODE.memory : 0;
    }
    if (marker === MARKER.stack) deepest = Math.max(deepest, readDepth(window, section, 0));
    if (marker === MARKER.end) section.isEnded = true;
    reader.position += length;
  }
}

/** Goes on to a record that is surely one; false when there is none. */
function findNext(window: FieldWindow, section: ProfSection): boolean {
  const { reader } = window;
  for (reader.position = Math.min(reader.position + 1, reader.end); reader.ensure(1); reader.position++) {
    const byte = window.byte(0);
    if (byte >= MARKER.stack && byte <= MARKER.objects && isConvincing(window, section, 0)) return true;
  }
  return false;
}
