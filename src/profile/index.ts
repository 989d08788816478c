// The public parts of `vmprof/profile`: the data model, its files, and what is computed from it.

export { type CallTree, type CallTreeOptions, computeCallTree } from './call-tree.ts';
export { type CostChanges, SIGNIFICANCE } from './cost-changes.ts';
export { computeDiff, type DiffPaths, type DiffSide, type Normalisation, type ProfileDiff } from './diff.ts';
export { computeFunctionCosts, type FunctionCosts, sortFunctions } from './function-costs.ts';
export { computeLineCosts, type LineCosts } from './line-costs.ts';
export { type FunctionMatch, matchFunctions } from './match-functions.ts';
export { computeWeights, hasMeasure, type Measure } from './measure.ts';
export { computeMemoryCurve, type MemoryCurve, type MemoryPeak } from './memory-curve.ts';
export { mergeProfiles } from './merge.ts';
export { ProfileBuilder, type WeightSpec } from './profile-builder.ts';
export { isRecording, parseRecording, type RecordingDamage, RecordingDecoder } from './recording-decoder.ts';
export { encodeRecording, RecordingEncoder } from './recording-encoder.ts';
export { type Selection, selectSamples } from './selection.ts';
export {
  formatFrame,
  formatStack,
  getFunctionFile,
  getFunctionName,
  getStackFrames,
} from './stack-text.ts';
export { computeStackWeights, type StackWeights } from './stack-weights.ts';
export { computeEffectiveSamples, computeShareError } from './statistics.ts';
export * from './tables.ts';
