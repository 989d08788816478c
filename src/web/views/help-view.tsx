// How to read the views, and what sampling can and cannot say.

import type { PageState, Tab } from '../state/page-state.ts';
import { hasExample, useStore } from '../state/store.ts';

interface Topic {
  readonly title: string;
  readonly tab: Tab | undefined;
  readonly text: readonly string[];
  /** What there is to see in the example, and where. */
  readonly example?: { readonly text: string; readonly state: Partial<PageState> };
}

const TOPICS: readonly Topic[] = [
  {
    title: 'What a sample is',
    tab: undefined,
    text: [
      'Many times a second, vmprof looked at every thread: which functions was it in, and what was it doing? Each look is a sample. It counts for the time since the one before: wall time by the clock, CPU time by the kernel’s own account.',
      'A function that is in a third of the samples was there for about a third of the time. About: the number behind ± is the standard error of the share. In 19 of 20 recordings the true share is within two of them. More samples make it smaller, four times as many halve it.',
      'Sampling cannot say how often a function was called, and what is much shorter than the gap between two samples may never be seen.',
    ],
  },
  {
    title: 'Flame graph',
    tab: 'flame',
    text: [
      'Each box is a function, as wide as its total: the time spent in it and in all that it calls. What it calls stands below. The part of a box with nothing below is its self: time in its own code. Left and right mean nothing; wider siblings come first.',
      'Look for wide boxes with much self, and for wide boxes that should not be there at all. Click one to zoom in, click a box above or a crumb to come back. Inverted, it begins with the functions that samples ended in, and their callers stand below: there, one function called from many places is one box.',
      'Colours tell what runs: Python, native code, the kernel, the garbage collector. Within a kind, files have shades of their own, the same in every recording.',
    ],
    example: {
      text: '“main” is the widest box of its thread, and most of it is in what it calls; “merge” below it and below “compact” is the same function, called from two threads. Inverted, it is one box.',
      state: { tab: 'flame', inverted: true },
    },
  },
  {
    title: 'Timeline',
    tab: undefined,
    text: [
      'Above all views: CPU use, memory, and a track for each thread. Green is running, orange is waiting for a CPU or for the interpreter lock, a thin grey line is waiting for something else.',
      'Drag to select a range of time; every view then counts only that. Click to select all again. Click a name to see one thread, with Shift several. Ctrl and the wheel zoom.',
    ],
    example: {
      text: 'the main thread and “compactor” turn orange in turns: each waits while the other one holds the lock. “archiver” compresses without it, and stays green beside them.',
      state: { tab: 'chart', measure: 'wall' },
    },
  },
  {
    title: 'Flame chart',
    tab: 'chart',
    text: [
      'The stacks of one thread in order of time: what it did first stands on the left. Use it to see phases, loops and pauses. The wheel zooms, dragging moves, a double click fills the width with a box.',
      'From far away each column shows one of its samples; the line above says how many are shown of how many.',
    ],
    example: {
      text: '“build_index” comes first, then many short queries, at the end the report.',
      state: { tab: 'chart' },
    },
  },
  {
    title: 'Functions',
    tab: 'functions',
    text: [
      'Every function once, with self and total from all places it is called from. In recursion a sample counts once.',
      'Beside the table stands who calls the chosen function, and what it calls. Callers add up to its total; callees, with its own code, too.',
    ],
    example: {
      text: '“merge” has most self; beside it stand its callers, one in each of two threads.',
      state: { tab: 'functions', chosen: 'merge@/usr/lib/python3.11/heapq.py' },
    },
  },
  {
    title: 'Call tree and source',
    tab: 'tree',
    text: [
      'The call tree has the same numbers as the flame graph, as rows. The source view puts them beside the lines that were executing. Self of a line: the time while it was the innermost one. Total: the time while it, or what it called, ran.',
    ],
    example: {
      text: 'the program’s own file, which the recording carries, with the cost of each line: the loop of “score_documents” is hot, the lines that only call others have a large total and hardly any self.',
      state: { tab: 'source', file: '/tmp/log-search/log_search.py' },
    },
  },
  {
    title: 'Memory',
    tab: 'memory',
    text: [
      'Resident memory of each process: what the system had to keep in its memory for it. The peak is exact, and beside it stands what every thread was doing then.',
    ],
    example: {
      text: 'it grows while the index is built, jumps where “rank_by_latency” fills one large table, and falls when all is let go.',
      state: { tab: 'memory' },
    },
  },
  {
    title: 'Compare',
    tab: 'compare',
    text: [
      'Open two recordings, or keep a range of time as “before” and select another one. Orange boxes cost more than before, blue ones less; the stronger, the larger the change. Grey ones changed no more than chance would have it.',
      'Shares compare how the time is divided, amounts compare how much there is. A change stands with its standard error; those that are more than chance are marked.',
    ],
    example: {
      text: 'building the index against answering queries.',
      state: {
        tab: 'compare',
        time: { start: 3e9, end: 6e9 },
        before: { recording: 0, time: { start: 0, end: 3e9 } },
      },
    },
  },
  {
    title: 'Filters and transforms',
    tab: undefined,
    text: [
      'Search highlights; Enter keeps only the samples with a match. Focus makes a function the root. Merge takes it out and leaves what it costs with its callers. Drop leaves out its samples. l hides the standard library, k installed packages.',
      'Each of them is a chip below the timeline that can be taken away again. All of it is in the address: whoever opens the same address on the same recording sees the same.',
    ],
    example: {
      text: 'without the standard library only the program’s own functions are left, and what “heapq” and “json” cost is theirs.',
      state: { tab: 'flame', transforms: [{ type: 'hide-library' }] },
    },
  },
];

export function HelpView() {
  const store = useStore();
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Help">
      <article class="help">
        <h1>How to read this</h1>
        <ExampleNote />
        {TOPICS.map(({ title, tab, text, example }) => (
          <section key={title}>
            <h2>{title}</h2>
            {text.map((paragraph) => (
              <p key={paragraph}>{paragraph}</p>
            ))}
            {example === undefined || !hasExample() ? null : (
              <p class="hint">In the example: {example.text}</p>
            )}
            <div class="actions">
              {tab === undefined ? null : (
                <button type="button" onClick={() => store.update({ tab })}>
                  Look at it
                </button>
              )}
              {example === undefined || !hasExample() ? null : (
                <button type="button" onClick={() => store.openExample(example.state)}>
                  See it in the example
                </button>
              )}
            </div>
          </section>
        ))}
        <p>
          <button
            type="button"
            onClick={() => {
              store.overlay.value = 'tour';
            }}
          >
            Take the tour
          </button>{' '}
          <button
            type="button"
            onClick={() => {
              store.overlay.value = 'keys';
            }}
          >
            All keys
          </button>
        </p>
      </article>
    </div>
  );
}

function ExampleNote() {
  const store = useStore();
  if (!hasExample()) return null;
  return (
    <p>
      All of it can be tried on{' '}
      <button type="button" class="link" onClick={() => store.openExample()}>
        the example
      </button>
      : a small search engine over logs, recorded by vmprof. Three threads work and wait for the interpreter
      lock, a fourth one sleeps; memory grows while an index is built.
    </p>
  );
}
