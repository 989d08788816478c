// Starts the page: the worker, the store, and the recordings that the server has.

import { render } from 'preact';
import { App } from './app.tsx';
import { applyTheme } from './parts/use-theme.ts';
import { readEmbeddedRecordings, startEmbeddedWorker } from './state/embedded.ts';
import { createStore, type Store } from './state/store.ts';
import { WorkerClient } from './state/worker-client.ts';
import './styles/tokens.css';
import './styles/page.css';
import './styles/controls.css';
import './styles/views.css';
import './styles/timeline.css';

// A task of its own, as is drawing below: reading the script takes long enough.
setTimeout(start);

function start(): void {
  const worker =
    startEmbeddedWorker() ?? new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module' });
  const client = new WorkerClient(worker);
  const store = createStore(client);
  applyTheme(store.theme.value);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => applyTheme(store.theme.value));
  void openServed(store);
  // The worker begins meanwhile.
  setTimeout(() => {
    const root = document.getElementById('page');
    if (root !== null) render(<App store={store} />, root);
  });
}

/** Opens what the document holds, or what the server was started with. */
async function openServed(store: Store): Promise<void> {
  const embedded = readEmbeddedRecordings();
  if (embedded !== undefined) {
    for (const { name, blob } of embedded) store.open(name, { type: 'blob', blob });
    return;
  }
  const response = await fetch('./recordings');
  if (!response.ok) return;
  const recordings = (await response.json()) as readonly {
    readonly name: string;
    readonly isLive: boolean;
  }[];
  recordings.forEach(({ name, isLive }, place) => {
    const { href } = new URL(`./recordings/${place}`, location.href);
    store.open(name, isLive ? { type: 'live', url: `${href}/live` } : { type: 'url', url: href });
  });
}
