// The frames of one thread as they were read, before anything is known of their code.

/** A chain with more frames than this is one that was read while it changed, and runs in a circle. */
const MAX_FRAMES = 4_000_000;

/** Frames from the innermost to the outermost. Reused from sample to sample: no object is made for one. */
export class FrameChain {
  /** Number of frames, without those that only mark a boundary to C. */
  length = 0;
  /** Address of each frame. */
  frames = new Float64Array(128);
  /** Address of each frame's code object. */
  codes = new Float64Array(128);
  /** Instruction pointer (3.11+) or f_lasti of each frame. */
  instructions = new Float64Array(128);
  /** Which copy of the byte code each instruction pointer points into: 0 but in free-threaded builds. */
  threadCodes = new Int32Array(128);
  /** 1 for frames that C called: each is the outermost one of a run of the evaluation loop. */
  entries = new Uint8Array(128);
  /** Of frames that C called (3.12+): where the boundary lies that stands for the call, on C's stack. 0 where there is none. */
  boundaries = new Float64Array(128);
  /** Addresses of the frames that lie on the heap by themselves. */
  loose = new Float64Array(128);
  looseCount = 0;
  /** Address of the innermost frame that lies in the data stack; 0 when there is none. */
  innermostInChunk = 0;
  /**
   * The chain leads through pieces of memory outside of the data stack. Boundaries to C behind the outermost Python frame
   * do not count: whatever they hold, no frame follows.
   */
  isScattered = false;
  /** Owner of the outermost frame (3.11+). */
  outermostOwner = 0;
  #followed = 0;

  clear(): void {
    this.length = 0;
    this.looseCount = 0;
    this.isScattered = false;
    this.innermostInChunk = 0;
    this.#followed = 0;
  }

  /** Appends the next outer frame. */
  push(frame: number, code: number, instruction: number): void {
    if (this.length === this.codes.length) {
      this.frames = grown(this.frames);
      this.codes = grown(this.codes);
      this.instructions = grown(this.instructions);
      this.boundaries = grown(this.boundaries);
      const threadCodes = new Int32Array(this.codes.length);
      threadCodes.set(this.threadCodes);
      this.threadCodes = threadCodes;
      const entries = new Uint8Array(this.codes.length);
      entries.set(this.entries);
      this.entries = entries;
    }
    this.frames[this.length] = frame;
    this.codes[this.length] = code;
    this.instructions[this.length] = instruction;
    this.threadCodes[this.length] = 0;
    this.entries[this.length] = 0;
    this.boundaries[this.length] = 0;
    this.length++;
  }

  /** The frame pushed last was called by C: `boundary` is the frame that stands for that, 0 where there is none. */
  setEntry(boundary: number): void {
    const last = this.length - 1;
    if (last < 0 || this.entries[last] === 1) return;
    this.entries[last] = 1;
    this.boundaries[last] = boundary;
  }

  /** The frame pushed last runs a copy of its byte code. */
  setThreadCode(index: number): void {
    this.threadCodes[this.length - 1] = index;
  }

  /** Notes where a frame (or a boundary) lies; false when the chain cannot be that long. */
  follow(address: number, isLoose: boolean): boolean {
    if (isLoose) {
      if (this.looseCount === this.loose.length) this.loose = grown(this.loose);
      this.loose[this.looseCount++] = address;
    } else if (this.innermostInChunk === 0) {
      this.innermostInChunk = address;
    }
    return ++this.#followed < MAX_FRAMES;
  }
}

function grown(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}
