// What is seen, as files: pictures of the flame graph, tables, stacks, and the selected samples as a recording.

import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../../base/errors.ts';
import { type Store, useStore } from '../state/store.ts';
import type { ViewSpec } from '../worker/messages.ts';
import { formatFlameSvg } from './flame-svg.ts';
import { Icon } from './icons.tsx';

const SVG_WIDTH = 1600;

interface Export {
  readonly title: string;
  readonly extension: string;
  readonly make: (store: Store, view: ViewSpec) => Promise<Blob | undefined>;
}

const EXPORTS: readonly Export[] = [
  { title: 'Flame graph as SVG', extension: 'svg', make: makeSvg },
  { title: 'Picture of this view as PNG', extension: 'png', make: makePng },
  { title: 'Functions as CSV', extension: 'csv', make: exportAs('csv', 'text/csv') },
  { title: 'Stacks, collapsed', extension: 'collapsed', make: exportAs('collapsed', 'text/plain') },
  {
    title: 'Selected samples as a recording',
    extension: 'vmprof',
    make: exportAs('recording', 'application/octet-stream'),
  },
];

export function ExportMenu() {
  const store = useStore();
  const [isOpen, setIsOpen] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const close = (event: Event) => {
      if (
        event instanceof KeyboardEvent ? event.key === 'Escape' : !ref.current?.contains(event.target as Node)
      ) {
        setIsOpen(false);
      }
    };
    addEventListener('pointerdown', close);
    addEventListener('keydown', close);
    return () => {
      removeEventListener('pointerdown', close);
      removeEventListener('keydown', close);
    };
  }, [isOpen]);

  const run = async ({ make, extension }: Export) => {
    const view = store.view.value;
    if (view === undefined) return;
    try {
      const blob = await make(store, view);
      if (blob !== undefined) save(blob, `${baseName(store)}.${extension}`);
      setIsOpen(false);
      setProblem(undefined);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  return (
    <div class="menu" ref={ref}>
      <button
        type="button"
        class="icon"
        title="Export what is seen"
        aria-label="Export"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        <Icon name="save" />
      </button>
      {isOpen ? (
        <div class="menu-list" role="menu" aria-label="Export">
          {EXPORTS.map((each) => (
            <button type="button" role="menuitem" key={each.extension} onClick={() => void run(each)}>
              {each.title} <small>.{each.extension}</small>
            </button>
          ))}
          {problem === undefined ? null : <p class="problem">{problem}</p>}
        </div>
      ) : null}
    </div>
  );
}

async function makeSvg(store: Store, view: ViewSpec): Promise<Blob | undefined> {
  const { inverted, zoom, search, colours } = store.state.value;
  const request = { view, inverted, zoom, search, minWidth: 0.2 / SVG_WIDTH };
  const answer = await store.client.ask('export', 'flame', request);
  if (answer === undefined) return undefined;
  return new Blob([formatFlameSvg(answer, colours, SVG_WIDTH)], { type: 'image/svg+xml' });
}

/** Of the largest canvas there is, on the ground of the page. */
async function makePng(): Promise<Blob | undefined> {
  const canvas = document.querySelector<HTMLCanvasElement>('main canvas');
  if (canvas === null) throw new Error('This view has no picture.');
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext('2d');
  if (context === null) return undefined;
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--panel');
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  return new Promise((resolve) => copy.toBlob((blob) => resolve(blob ?? undefined), 'image/png'));
}

function exportAs(format: 'csv' | 'collapsed' | 'recording', type: string): Export['make'] {
  return async (store, view) => {
    const bytes = await store.client.ask('export', 'export', { view, format });
    return bytes === undefined ? undefined : new Blob([new Uint8Array(bytes)], { type });
  };
}

function baseName(store: Store): string {
  const name = store.current.value?.name ?? 'profile';
  return name.replace(/\.gz$/, '').replace(/\.\w+$/, '');
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken it by the next turn; without this it would be kept as long as the page.
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
