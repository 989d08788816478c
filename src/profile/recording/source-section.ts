// The section of source texts (docs/recording-format.md, "Sources").

import type { ByteReader } from '../../base/byte-reader.ts';
import { ByteWriter } from '../../base/byte-writer.ts';
import { decodeText, encodeText } from '../../base/text-bytes.ts';
import type { ProfileBuilder } from '../builder/profile-builder.ts';
import { readColumn, writeColumn } from './column-coding.ts';
import { MAX_TABLE_ROWS } from './recording-format.ts';
import { readRowCount } from './section-columns.ts';

/** Files with their texts. */
export type SourceEntry = readonly [file: string, text: string];

export function writeSources(writer: ByteWriter, sources: readonly SourceEntry[]): void {
  writer.writeVarint(sources.length);
  for (const part of [0, 1] as const) {
    const texts = new ByteWriter();
    const lengths = Uint32Array.from(sources, (source) => {
      const bytes = encodeText(source[part]);
      texts.writeBytes(bytes);
      return bytes.length;
    });
    writeColumn(writer, lengths, lengths.length);
    writer.writeBytes(texts.view());
  }
}

export function readSources(reader: ByteReader, builder: ProfileBuilder): void {
  const count = readRowCount(reader, 0, MAX_TABLE_ROWS);
  const lengths = new Uint32Array(count);
  const readTexts = (): string[] => {
    readColumn(reader, lengths, count);
    return Array.from(lengths, (length) => decodeText(reader.readBytes(length)));
  };
  const files = readTexts();
  const texts = readTexts();
  files.forEach((file, row) => {
    builder.addSource(file, texts[row]);
  });
}
