import { grownCapacity, resizeColumn } from '../../base/typed-array.ts';
import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import type { MappingIndex } from '../../profile/tables.ts';
import { IdTable } from './id-table.ts';

/** Mappings as they come, with the rows of their texts; -1 where there is none. */
export class MappingList {
  readonly ids = new IdTable();
  start = new Float64Array(16);
  end = new Float64Array(16);
  offset = new Float64Array(16);
  file = new Int32Array(16);
  buildId = new Int32Array(16);

  get length(): number {
    return this.ids.length;
  }

  add(
    idLow: number,
    idHigh: number,
    m: { start: number; end: number; offset: number; file: number; buildId: number },
  ): void {
    const row = this.ids.add(idLow, idHigh);
    if (row === this.start.length) {
      const capacity = grownCapacity(row);
      this.start = resizeColumn(this.start, capacity);
      this.end = resizeColumn(this.end, capacity);
      this.offset = resizeColumn(this.offset, capacity);
      this.file = resizeColumn(this.file, capacity);
      this.buildId = resizeColumn(this.buildId, capacity);
    }
    this.start[row] = m.start;
    this.end[row] = m.end;
    this.offset[row] = m.offset;
    this.file[row] = m.file;
    this.buildId[row] = m.buildId;
  }

  /** Puts the mapping into the profile; undefined for one without a file, a build id or an address, which says nothing. */
  intern(
    builder: ProfileBuilder,
    row: number,
    file: string | undefined,
    buildId: string | undefined,
  ): MappingIndex | undefined {
    const end = this.end[row];
    if (file === undefined && buildId === undefined && end === 0) return undefined;
    return builder.internMapping({
      file: file ?? '',
      ...(buildId === undefined ? {} : { buildId }),
      start: this.start[row],
      end,
      offset: this.offset[row],
    });
  }
}
