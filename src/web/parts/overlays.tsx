// What lies over the page: the sheet of keys and the command palette. Escape and a click beside close them.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useStore } from '../state/store.ts';
import { COMMANDS, type Command, findCommand } from './commands.ts';
import { isFirstVisit, Tour } from './tour.tsx';

/** Listens for keys, and shows what is open. */
export function Overlays() {
  const store = useStore();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && store.overlay.value !== undefined) {
        store.overlay.value = undefined;
        return;
      }
      if (store.overlay.value !== undefined) return;
      const command = findCommand(event);
      if (command === undefined) return;
      event.preventDefault();
      command.run(store);
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [store]);
  const isOpen = store.current.value !== undefined;
  useEffect(() => {
    if (isOpen && store.state.value.tab === 'flame' && isFirstVisit()) store.overlay.value = 'tour';
  }, [store, isOpen]);
  switch (store.overlay.value) {
    case 'keys':
      return <Keys />;
    case 'tour':
      return <Tour />;
    case 'palette':
      return <Palette />;
    default:
      return null;
  }
}

function Sheet({ label, children }: { label: string; children: ComponentChildren }) {
  const store = useStore();
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const first = ref.current?.querySelector<HTMLElement>('input, button');
    (first ?? ref.current)?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <div
      class="sheet"
      onClick={(event) => {
        if (event.target === event.currentTarget) store.overlay.value = undefined;
      }}
    >
      <div class="dialog" role="dialog" aria-modal="true" aria-label={label} ref={ref} tabIndex={-1}>
        {children}
      </div>
    </div>
  );
}

const OTHER_KEYS: readonly (readonly [string, string])[] = [
  ['Move between boxes or rows', '← ↑ → ↓'],
  ['Zoom into the box', 'Enter'],
  ['Zoom out, close', 'Esc'],
  ['Find a command', 'Ctrl K'],
];

function Keys() {
  return (
    <Sheet label="Keys">
      <h2>Keys</h2>
      <div class="keys">
        {COMMANDS.map(({ title, key }) => (
          <div key={title}>
            <span>{title}</span> <kbd>{key}</kbd>
          </div>
        ))}
        {OTHER_KEYS.map(([title, key]) => (
          <div key={title}>
            <span>{title}</span> <kbd>{key}</kbd>
          </div>
        ))}
      </div>
    </Sheet>
  );
}

function Palette() {
  const store = useStore();
  const [text, setText] = useState('');
  const [place, setPlace] = useState(0);
  const words = text.toLowerCase().split(/\s+/);
  const found = COMMANDS.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    store.overlay.value = undefined;
    command.run(store);
  };
  return (
    <Sheet label="Commands">
      <div class="palette">
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="commands"
          aria-activedescendant={found.length > 0 ? `command-${place}` : undefined}
          aria-label="Command"
          placeholder="What do you want to do?"
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setPlace(0);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') run(found.at(place));
            else if (event.key === 'ArrowDown') setPlace(Math.min(place + 1, found.length - 1));
            else if (event.key === 'ArrowUp') setPlace(Math.max(0, place - 1));
            else return;
            event.preventDefault();
          }}
        />
        <div class="palette-list" id="commands" role="listbox" aria-label="Commands">
          {found.map((command, i) => (
            <div
              key={command.title}
              id={`command-${i}`}
              role="option"
              aria-selected={i === place}
              onClick={() => run(command)}
            >
              {command.title} <kbd>{command.key}</kbd>
            </div>
          ))}
        </div>
      </div>
    </Sheet>
  );
}
