// Reads logs of PyPy's JIT compiler, as `JITLOG=file pypy` and `_jitlog` write them and clients of the original vmprof upload
// them (compressed, with `.zip` behind the name). Format: https://github.com/vmprof/vmprof-python `jitlog/constants.py` and PyPy's
// `rpython/rlib/rjitlog`; all of it is little-endian, a marker byte before each record:
//
//   1e header       u16 version, u8 is 32-bit, text machine        (first)
//   11 inputs       text                                           12 operation names   u16 count × (u16 number, text)
//   13 operation    u16 number, text, [text]                       14 the same with a descriptor behind the first text
//   15 addresses    2 words      16 machine code  u16 position, bytes      17, 18, 19 stage  word trace
//   1a stitch       2 words      1b trace  word, text, word, [text]        1c counter  word, u8 kind, u64
//   1d fields of merge points  u16 count × (u8 meaning, u8 's' or 'i')     1f merge point     20 prefix  u8 field, text
//   21 abort        word         22 sources  text, u16 count × (u16, u8, text)
//   23 redirect     3 words      24 temporary callback  word, u64
//
// Texts in brackets exist from version 2 on.

import { BlockReader } from '../../base/block-reader.ts';
import { ProfilerError } from '../../base/errors.ts';
import { MalformedError } from '../../base/malformed.ts';
import { decompress } from '../gzip.ts';
import { type Input, readHead } from '../input.ts';
import { LogBuilder } from './log-builder.ts';
import { LogReader } from './log-reader.ts';
import { MergePoints } from './merge-points.ts';
import { COUNTER_KINDS, type JitLog, NONE, TRACE_KINDS } from './tables.ts';

export interface ParsedJitLog {
  readonly log: JitLog;
  /** Sentences about what is damaged. */
  readonly notes: readonly string[];
}

/** Newest version that is known. */
const MAX_VERSION = 4;
/** Bytes of the header up to the machine's name. */
const HEAD = 8;

/** Whether it is a log, compressed or not, by its content. */
export function isJitLog(input: Input): boolean {
  const head = readHead(decompress(input), HEAD);
  const machineLength = head[4] | (head[5] << 8) | (head[6] << 16) | (head[7] << 24);
  return (
    head.length === HEAD &&
    head[0] === 0x1e &&
    head[2] === 0 &&
    head[3] <= 1 &&
    machineLength > 0 &&
    machineLength < 64
  );
}

/** Reads a log. Throws `not-a-recording`, `newer-recording`; what stands before damage is kept. */
export function parseJitLog(input: Input): ParsedJitLog {
  if (!isJitLog(input))
    throw new ProfilerError(
      'not-a-recording',
      'The file is no log of the JIT: it does not begin with its header.',
    );
  return new LogParser(decompress(input)).run();
}

class LogParser {
  readonly #fields: LogReader;
  readonly #builder = new LogBuilder();
  readonly #names = new Map<number, number>();
  readonly #mergePoints: MergePoints;
  #version = 0;
  #trace = NONE;
  #stage = NONE;
  #operation = NONE;

  constructor(input: Input) {
    this.#fields = new LogReader(new BlockReader(input.blocks()));
    this.#mergePoints = new MergePoints(this.#fields, this.#builder);
  }

  run(): ParsedJitLog {
    const fields = this.#fields;
    fields.byte();
    this.#version = fields.uint16();
    if (this.#version > MAX_VERSION) {
      throw new ProfilerError(
        'newer-recording',
        `The log of the JIT is of version ${this.#version}, and this vmprof reads up to ${MAX_VERSION}. A newer vmprof is needed.`,
        { facts: { version: this.#version } },
      );
    }
    const is32Bit = fields.byte() === 1;
    fields.wordSize = is32Bit ? 4 : 8;
    const notes: string[] = [];
    let machine = '';
    let start = 0;
    try {
      machine = fields.text();
      while (!fields.isAtEnd) {
        start = fields.offset;
        this.#readRecord(fields.byte());
      }
    } catch (error) {
      if (!(error instanceof MalformedError || error instanceof ProfilerError)) throw error;
      notes.push(
        `The log cannot be read from byte ${start} on: ${error.message.replace(/\.$/, '')}. What stands before is shown; counts are written last and may be missing.`,
      );
    }
    return { log: this.#builder.build({ version: this.#version, is32Bit, machine }), notes };
  }

  #readRecord(marker: number): void {
    const fields = this.#fields;
    const builder = this.#builder;
    switch (marker) {
      case 0x11: {
        const inputs = builder.intern(fields.text());
        if (this.#stage !== NONE) builder.stages.set('inputs', this.#stage, inputs);
        return;
      }
      case 0x12:
        for (let left = fields.uint16(); left > 0; left--) {
          this.#names.set(fields.uint16(), builder.intern(fields.text()));
        }
        return;
      case 0x13:
      case 0x14:
        this.#readOperation(marker === 0x14);
        return;
      case 0x15: {
        const start = fields.word();
        const end = fields.word();
        if (this.#trace !== NONE) builder.setAddresses(this.#trace, start, end);
        return;
      }
      case 0x16:
        this.#readCode();
        return;
      case 0x17:
      case 0x18:
      case 0x19:
        this.#beginStage(fields.word(), marker - 0x17);
        return;
      case 0x1a:
        builder.stitch(fields.word(), fields.word());
        return;
      case 0x1b:
        this.#beginTrace();
        return;
      case 0x1c: {
        const number = fields.word();
        const kind = COUNTER_LETTERS.indexOf(String.fromCharCode(fields.byte()));
        builder.addCounter(kind < 0 ? COUNTER_KINDS.indexOf('other') : kind, number, fields.uint64());
        return;
      }
      case 0x1d:
        this.#mergePoints.readFields(this.#stage);
        return;
      case 0x1f:
        this.#mergePoints.read(this.#stage);
        return;
      case 0x20:
        this.#mergePoints.readPrefix(this.#stage);
        return;
      case 0x21: {
        const trace = builder.findTrace(fields.word());
        if (trace !== NONE) builder.traces.set('aborted', trace, 1);
        return;
      }
      case 0x22:
        this.#readSources();
        return;
      case 0x23: {
        const descriptor = fields.word();
        fields.word();
        builder.redirect(descriptor, fields.word());
        return;
      }
      case 0x24:
        fields.word();
        fields.uint64();
        return;
      default:
        throw new MalformedError(`no record begins with the byte ${marker.toString(16).padStart(2, '0')}`);
    }
  }

  #beginTrace(): void {
    const fields = this.#fields;
    const id = fields.word();
    const kind = TRACE_KINDS.indexOf(fields.text() as (typeof TRACE_KINDS)[number]);
    const descriptor = fields.word();
    const driver = this.#version >= 2 ? this.#builder.intern(fields.text()) : NONE;
    this.#trace = this.#builder.addTrace({
      id,
      kind: kind < 0 ? TRACE_KINDS.indexOf('other') : kind,
      descriptor,
      driver,
    });
    this.#stage = NONE;
    this.#operation = NONE;
  }

  #beginStage(traceId: number, kind: number): void {
    const trace = this.#builder.findTrace(traceId);
    if (trace === NONE)
      throw new MalformedError(`a stage belongs to the trace ${traceId}, which is not there`);
    this.#trace = trace;
    this.#stage = this.#builder.addStage(trace, kind);
    this.#operation = NONE;
  }

  #readOperation(hasDescriptor: boolean): void {
    const fields = this.#fields;
    const builder = this.#builder;
    const number = fields.uint16();
    const text = fields.text();
    const descriptor = hasDescriptor ? fields.word() : NONE;
    const failArguments = this.#version >= 2 ? builder.intern(fields.text()) : NONE;
    if (this.#stage === NONE) throw new MalformedError('an operation stands outside of a trace');
    // result,argument,…,descriptor
    const [result, rest] = splitAt(text, text.indexOf(','));
    const [inner, last] = hasDescriptor ? splitAt(rest, rest.lastIndexOf(',')) : [rest, ''];
    // A descriptor can stand alone behind the result.
    const isAlone = hasDescriptor && !rest.includes(',');
    this.#operation = builder.addOperation({
      stage: this.#stage,
      name: this.#names.get(number) ?? builder.intern(`operation ${number}`),
      result: builder.intern(result),
      arguments: builder.intern(isAlone ? '' : inner),
      descriptorText: hasDescriptor ? builder.intern(isAlone ? rest : last) : NONE,
      descriptor,
      failArguments,
    });
  }

  #readCode(): void {
    const offset = this.#fields.uint16();
    const bytes = this.#fields.bytes();
    if (this.#operation === NONE) return;
    const { operations, code } = this.#builder;
    operations.set('codeOffset', this.#operation, offset);
    operations.set('codeStart', this.#operation, code.length);
    operations.set('codeLength', this.#operation, bytes.length);
    code.writeBytes(bytes);
  }

  #readSources(): void {
    const fields = this.#fields;
    const file = this.#builder.intern(fields.text());
    for (let left = fields.uint16(); left > 0; left--) {
      const line = fields.uint16();
      const indent = fields.byte();
      this.#builder.sources.append({ file, line, indent, text: this.#builder.intern(fields.text()) });
    }
  }
}

/** What stands before and behind the comma; all before it where there is none. */
function splitAt(text: string, comma: number): readonly [string, string] {
  return comma < 0 ? [text, ''] : [text.slice(0, comma), text.slice(comma + 1)];
}

/** In the order of COUNTER_KINDS. */
const COUNTER_LETTERS = ['e', 'b', 'l'];
