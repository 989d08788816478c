// What restricts and changes the view, each as a chip that can be taken away.

import { formatCounted, formatDuration } from '../../base/quantities.ts';
import { useStore } from '../state/store.ts';
import type { TransformSpec } from '../worker/messages.ts';

interface ChipData {
  readonly text: string;
  readonly remove: () => void;
}

export function Chips() {
  const store = useStore();
  const { time, threads, states, transforms } = store.state.value;
  const summary = store.current.value;
  if (summary === undefined) return null;
  const chips: ChipData[] = [];
  if (time !== undefined) {
    chips.push({
      text: `${formatDuration(time.start)} to ${formatDuration(time.end)} (${formatDuration(time.end - time.start)})`,
      remove: () => store.update({ time: undefined }),
    });
  }
  if (threads.length > 0) {
    const names = threads.flatMap((row) => summary.threads.at(row)?.name ?? []);
    chips.push({
      text: names.length === 1 ? `thread ${names[0]}` : formatCounted(names.length, 'thread'),
      remove: () => store.update({ threads: [] }),
    });
  }
  if (states.length > 0) {
    chips.push({ text: `state ${states.join(' or ')}`, remove: () => store.update({ states: [] }) });
  }
  transforms.forEach((transform, place) => {
    chips.push({
      text: describeTransform(transform),
      remove: () => store.update({ transforms: transforms.toSpliced(place, 1), zoom: [] }),
    });
  });
  if (chips.length === 0) return null;
  return (
    <section class="chips" aria-label="What the views are restricted to">
      {chips.map(({ text, remove }) => (
        <span class="chip" key={text}>
          <span title={text}>{text}</span>
          <button type="button" aria-label={`Remove: ${text}`} onClick={remove}>
            ×
          </button>
        </span>
      ))}
      {chips.length < 2 ? null : (
        <button
          type="button"
          class="plain"
          onClick={() => store.update({ time: undefined, threads: [], states: [], transforms: [], zoom: [] })}
        >
          Remove all
        </button>
      )}
    </section>
  );
}

/** In a few words. */
export function describeTransform(transform: TransformSpec): string {
  switch (transform.type) {
    case 'focus':
      return `focus on ${nameOf(transform.key)}`;
    case 'path':
      return `focus on path to ${nameOf(transform.keys[transform.keys.length - 1])}`;
    case 'merge':
      return `merge ${nameOf(transform.key)}`;
    case 'drop':
      return `drop ${nameOf(transform.key)}`;
    case 'recursion':
      return `collapse recursion of ${nameOf(transform.key)}`;
    case 'file':
      return `collapse ${transform.file.slice(transform.file.lastIndexOf('/') + 1)}`;
    case 'hide-library':
      return 'hide standard library';
    case 'hide-packages':
      return 'hide installed packages';
    case 'filter':
      return `only samples with “${transform.text}”`;
  }
}

function nameOf(key: string): string {
  const at = key.lastIndexOf('@');
  return at > 0 ? key.slice(0, at) : key;
}
