// The public parts of `vmprof/profile`: the data model, its files, and what is computed from it.

export { ProfileBuilder, type WeightSpec } from './builder/profile-builder.ts';
export { computeFunctionCosts, type FunctionCosts, sortFunctions } from './costs/function-costs.ts';
export { computeLineCosts, type LineCosts } from './costs/line-costs.ts';
export { computeMemoryCurve, type MemoryCurve, type MemoryPeak } from './costs/memory-curve.ts';
export { type Selection, selectSamples } from './costs/selection.ts';
export { computeStackWeights, type StackWeights } from './costs/stack-weights.ts';
export { mergeProfiles } from './derive/merge.ts';
export { type CostChanges, SIGNIFICANCE } from './diff/cost-changes.ts';
export {
  computeDiff,
  type DiffPaths,
  type DiffSide,
  type Normalisation,
  type ProfileDiff,
} from './diff/diff.ts';
export { type FunctionMatch, matchFunctions } from './diff/match-functions.ts';
export { computeWeights, hasMeasure, type Measure } from './measure.ts';
export {
  isRecording,
  parseRecording,
  type RecordingDamage,
  RecordingDecoder,
} from './recording/recording-decoder.ts';
export { encodeRecording, RecordingEncoder } from './recording/recording-encoder.ts';
export {
  formatFrame,
  formatStack,
  getFunctionFile,
  getFunctionName,
  getStackFrames,
} from './stack-text.ts';
export { computeEffectiveSamples, computeShareError } from './statistics.ts';
export * from './tables.ts';
export { type CallTree, type CallTreeOptions, computeCallTree } from './trees/call-tree.ts';
