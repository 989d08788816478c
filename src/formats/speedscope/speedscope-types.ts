// The speedscope file format, as far as we read and write it.
// https://github.com/jlfwong/speedscope/blob/main/src/lib/file-format-spec.ts

export const SPEEDSCOPE_SCHEMA = 'https://www.speedscope.app/file-format-schema.json';

export interface SpeedscopeFile {
  readonly $schema: typeof SPEEDSCOPE_SCHEMA;
  readonly shared: { readonly frames: readonly SpeedscopeFrame[] };
  readonly profiles: readonly SpeedscopeProfile[];
  readonly name?: string;
  readonly activeProfileIndex?: number;
  readonly exporter?: string;
}

/** A function; each place in the list is one of its own. */
export interface SpeedscopeFrame {
  readonly name: string;
  readonly file?: string;
  /** From 1. The function's first line, or, from some exporters, the line that was executed. */
  readonly line?: number;
  readonly col?: number;
}

export type SpeedscopeUnit = 'none' | 'nanoseconds' | 'microseconds' | 'milliseconds' | 'seconds' | 'bytes';

export type SpeedscopeProfile = SampledProfile | EventedProfile;

interface ProfileHead {
  /** Usually a thread. */
  readonly name: string;
  readonly unit: SpeedscopeUnit;
  readonly startValue: number;
  readonly endValue: number;
}

export interface SampledProfile extends ProfileHead {
  readonly type: 'sampled';
  /** Frames of each sample, outermost first. */
  readonly samples: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

export interface EventedProfile extends ProfileHead {
  readonly type: 'evented';
  /** Frames opened and closed, in order of time and properly nested. */
  readonly events: readonly { readonly type: 'O' | 'C'; readonly frame: number; readonly at: number }[];
}
