// What can be done with the chosen function: transforms, and ways to other views.

import { useStore } from '../state/store.ts';
import type { FunctionLabel, TransformSpec } from '../worker/messages.ts';

/** `isHere`: callers and callees stand beside it already. */
export function FunctionActions({ label, isHere = false }: { label: FunctionLabel; isHere?: boolean }) {
  const store = useStore();
  const { key, file, line } = label;
  const transforms: readonly (readonly [string, string, TransformSpec])[] = [
    ['Focus', 'Only what it and its callees cost; it becomes the root', { type: 'focus', key }],
    ['Merge', 'Take it out of all stacks; what it costs is its callers’', { type: 'merge', key }],
    ['Drop', 'Leave out all samples that have it in their stack', { type: 'drop', key }],
    ['Collapse recursion', 'From one call of it to the next within: one call', { type: 'recursion', key }],
  ];
  return (
    <div class="actions">
      {transforms.map(([title, hint, transform]) => (
        <button type="button" key={title} title={hint} onClick={() => store.addTransform(transform)}>
          {title}
        </button>
      ))}
      {file === '' ? null : (
        <button
          type="button"
          title={`All neighbouring frames of ${file} become one`}
          onClick={() => store.addTransform({ type: 'file', file })}
        >
          Collapse file
        </button>
      )}
      {isHere ? null : (
        <button type="button" onClick={() => store.update({ tab: 'functions', chosen: key })}>
          Callers &amp; callees
        </button>
      )}
      {file === '' || file.startsWith('<') ? null : (
        <button
          type="button"
          onClick={() => store.update({ tab: 'source', file, line: line > 0 ? line : undefined })}
        >
          Source
        </button>
      )}
    </div>
  );
}
