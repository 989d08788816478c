// The page: header, timeline, tabs, and the view that is chosen.

import { Fragment, type JSX } from 'preact';
import { formatBytes } from '../base/quantities.ts';
import { Chips } from './parts/chips.tsx';
import { Header } from './parts/header.tsx';
import { DropTarget } from './parts/open-files.tsx';
import { Overlays } from './parts/overlays.tsx';
import { SummaryLine } from './parts/summary-line.tsx';
import { Timeline } from './parts/timeline.tsx';
import type { Tab } from './state/page-state.ts';
import { hasExample, type OpenRecording, type Store, StoreContext, useStore } from './state/store.ts';
import { ChartView } from './views/chart-view.tsx';
import { CompareView } from './views/compare-view.tsx';
import { FlameView } from './views/flame-view.tsx';
import { FunctionsView } from './views/functions-view.tsx';
import { HelpView } from './views/help-view.tsx';
import { InfoView } from './views/info-view.tsx';
import { MemoryView } from './views/memory-view.tsx';
import { SourceView } from './views/source-view.tsx';
import { TreeView } from './views/tree-view.tsx';

interface TabData {
  readonly tab: Tab;
  readonly title: string;
  readonly View: () => JSX.Element | null;
}

const TABS: readonly TabData[] = [
  { tab: 'flame', title: 'Flame graph', View: FlameView },
  { tab: 'chart', title: 'Flame chart', View: ChartView },
  { tab: 'functions', title: 'Functions', View: FunctionsView },
  { tab: 'tree', title: 'Call tree', View: TreeView },
  { tab: 'source', title: 'Source', View: SourceView },
  { tab: 'memory', title: 'Memory', View: MemoryView },
  { tab: 'compare', title: 'Compare', View: CompareView },
  { tab: 'info', title: 'Info', View: InfoView },
  { tab: 'help', title: 'Help', View: HelpView },
];

export function App({ store }: { store: Store }) {
  return (
    <StoreContext.Provider value={store}>
      <Page />
    </StoreContext.Provider>
  );
}

function Page() {
  const store = useStore();
  const recording = store.recordings.value.at(store.state.value.recording);
  const isOpen = recording?.status === 'open';
  return (
    <div class="page">
      <Header />
      <div>
        {isOpen ? <Notices /> : null}
        {isOpen ? <Timeline /> : null}
        <Chips />
      </div>
      {isOpen ? <Tabs /> : <div />}
      <main class="view" id="view">
        {isOpen ? <CurrentView /> : <Waiting recording={recording} />}
      </main>
      <DropTarget />
      <Overlays />
    </div>
  );
}

function Tabs() {
  const store = useStore();
  const { tab } = store.state.value;
  return (
    <nav class="bar" aria-label="Views">
      <div class="tabs" role="tablist" aria-label="Views">
        {TABS.map((each) => (
          <button
            type="button"
            role="tab"
            key={each.tab}
            id={`tab-${each.tab}`}
            aria-selected={each.tab === tab}
            aria-controls="view"
            onClick={() => store.update({ tab: each.tab })}
          >
            {each.title}
          </button>
        ))}
      </div>
      <SummaryLine />
    </nav>
  );
}

function CurrentView() {
  const store = useStore();
  const { tab, recording } = store.state.value;
  const { View } = TABS.find((each) => each.tab === tab) ?? TABS[0];
  // What a view remembers by itself belongs to its recording.
  return (
    <Fragment key={recording}>
      <View />
    </Fragment>
  );
}

function Notices() {
  const notes = useStore().current.value?.notes ?? [];
  return (
    <>
      {notes.slice(0, 2).map((note) => (
        <div class="notice" role="status" key={note}>
          <p>{note}</p>
        </div>
      ))}
    </>
  );
}

function Waiting({ recording }: { recording: OpenRecording | undefined }) {
  const store = useStore();
  if (recording === undefined) {
    return (
      <div class="empty">
        <h2>Nothing is open</h2>
        <p>
          Drop a recording here, or open one: .vmprof, or a profile of any other format that vmprof reads.
        </p>
        <button type="button" class="primary" onClick={() => document.getElementById('open-files')?.click()}>
          Open a recording
        </button>
        {hasExample() ? (
          <p>
            or{' '}
            <button type="button" class="link" onClick={() => store.openExample()}>
              look at the example
            </button>
            , a small search engine over logs that vmprof recorded.
          </p>
        ) : null}
      </div>
    );
  }
  if (recording.status === 'failed') {
    return (
      <div class="empty" role="alert">
        <h2>{recording.name} cannot be shown</h2>
        <p class="problem">{recording.message}</p>
      </div>
    );
  }
  if (recording.status === 'open') return null;
  const { read, size, name } = recording;
  return (
    <div class="empty" role="status">
      <h2>Reading {name}</h2>
      <p>
        {formatBytes(read)}
        {size > 0 ? ` of ${formatBytes(size)}` : ''}
      </p>
      <progress
        max={size > 0 ? size : undefined}
        value={size > 0 ? read : undefined}
        aria-label="Read so far"
      />
      <p>
        <button type="button" onClick={() => store.cancel(store.state.value.recording)}>
          Cancel
        </button>
      </p>
    </div>
  );
}
