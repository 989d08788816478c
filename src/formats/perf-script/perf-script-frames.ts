import { SliceIndex } from '../../base/slice-index.ts';
import type { ProfileBuilder } from '../../profile/builder/profile-builder.ts';
import { type FrameIndex, NONE, type StackIndex } from '../../profile/tables.ts';
import { type PerfFrame, parsePerfFrame } from './perf-script-frame.ts';

/** Gathers the lines of one stack after the other. The same line is the same frame: it is looked at once in a file. */
export class PerfFrames {
  readonly #builder: ProfileBuilder;
  readonly #lines = new SliceIndex();
  readonly #parsed: PerfFrame[] = [];
  /** Frame of each line that needs no more than itself; NONE where it was not made yet. */
  readonly #plain: (FrameIndex | -1)[] = [];
  readonly #others = new Map<string, FrameIndex>();
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  /** Of the stack that is open: line numbers in #parsed, innermost first, and their source lines. */
  #stack = new Int32Array(256);
  readonly #sources: (string | undefined)[] = [];
  #depth = 0;

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  addLine(bytes: Uint8Array, start: number, end: number): void {
    const known = this.#lines.length;
    const line = this.#lines.intern(bytes, start, end);
    if (line === known) {
      this.#parsed.push(parsePerfFrame(this.#decoder.decode(bytes.subarray(start, end)).trim()));
      this.#plain.push(NONE);
    }
    if (this.#depth === this.#stack.length) {
      const larger = new Int32Array(this.#depth * 2);
      larger.set(this.#stack);
      this.#stack = larger;
    }
    this.#sources[this.#depth] = undefined;
    this.#stack[this.#depth++] = line;
  }

  addText(text: string): void {
    const bytes = this.#encoder.encode(text);
    this.addLine(bytes, 0, bytes.length);
  }

  /** `file.c:12` behind the frame that it belongs to; false when it is none, or there is no frame. */
  addSourceLine(text: string): boolean {
    if (this.#depth === 0 || !/^\S.*:(?:\d+|\?)(?: \(.*\))?$/.test(text)) return false;
    // Where perf does not know: `??:0`.
    if (!text.startsWith('??')) this.#sources[this.#depth - 1] = text;
    return true;
  }

  /** The stack of the lines since the last call; -1 when there were none. */
  takeStack(): StackIndex | -1 {
    let stack: StackIndex | -1 = NONE;
    // Functions inlined into a frame stand in front of it, and share its mapped file.
    let inlineDepth = 0;
    let mappedFile: string | undefined;
    for (let position = this.#depth - 1; position >= 0; position--) {
      const line = this.#stack[position];
      const source = this.#sources[position];
      const parsed = this.#parsed[line];
      inlineDepth = parsed.isInlined ? Math.min(inlineDepth + 1, 0xffff) : 0;
      if (!parsed.isInlined) mappedFile = parsed.mappedFile;
      const frame =
        source === undefined && inlineDepth === 0
          ? this.#plainFrame(line)
          : this.#otherFrame(line, source, inlineDepth, mappedFile);
      stack = this.#builder.internStack(stack, frame);
    }
    this.#depth = 0;
    return stack;
  }

  #plainFrame(line: number): FrameIndex {
    let frame = this.#plain[line];
    if (frame === NONE) {
      frame = this.#makeFrame(this.#parsed[line], undefined, 0, this.#parsed[line].mappedFile);
      this.#plain[line] = frame;
    }
    return frame;
  }

  #otherFrame(
    line: number,
    source: string | undefined,
    inlineDepth: number,
    mappedFile: string | undefined,
  ): FrameIndex {
    const key = `${line} ${inlineDepth} ${mappedFile ?? ''}\n${source ?? ''}`;
    let frame = this.#others.get(key);
    if (frame === undefined) {
      frame = this.#makeFrame(this.#parsed[line], source, inlineDepth, mappedFile);
      this.#others.set(key, frame);
    }
    return frame;
  }

  #makeFrame(
    parsed: PerfFrame,
    source: string | undefined,
    inlineDepth: number,
    mappedFile: string | undefined,
  ): FrameIndex {
    const place = source === undefined ? null : /^(.*):(\d{1,9})/.exec(source);
    const line = place === null ? 0 : Number(place[2]);
    const file = parsed.file ?? place?.[1] ?? mappedFile;
    const func = this.#builder.internFunction({
      name: parsed.name,
      ...(file === undefined ? {} : { file }),
      ...(parsed.firstLine === undefined ? {} : { firstLine: parsed.firstLine }),
      kind: parsed.kind,
    });
    return this.#builder.internFrame({
      function: func,
      ...(line > 0 ? { line } : {}),
      address: parsed.address,
      ...(mappedFile === undefined
        ? {}
        : { mapping: this.#builder.internMapping({ file: mappedFile, start: 0, end: 0, offset: 0 }) }),
      inlineDepth,
      ...(parsed.tier === undefined ? {} : { tier: parsed.tier }),
    });
  }
}
