// Opening recordings from the page: a button with the file dialogue, and files dropped anywhere.

import { useEffect, useRef, useState } from 'preact/hooks';
import { type Store, stateForRecording, useStore } from '../state/store.ts';
import { Icon } from './icons.tsx';

export function OpenButton() {
  const store = useStore();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        title="Open a recording (o)"
        aria-label="Open a recording"
        class="icon"
        onClick={() => input.current?.click()}
      >
        <Icon name="open" />
      </button>
      <input
        ref={input}
        id="open-files"
        type="file"
        multiple
        hidden
        onChange={(event) => {
          openFiles(store, event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}

/** Takes files that are dropped on the page. */
export function DropTarget() {
  const store = useStore();
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setIsOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(false);
      openFiles(store, event.dataTransfer?.files ?? null);
    };
    addEventListener('dragover', onOver);
    addEventListener('dragleave', onLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onOver);
      removeEventListener('dragleave', onLeave);
      removeEventListener('drop', onDrop);
    };
  }, [store]);
  return isOver ? <div class="drop">Drop to open</div> : null;
}

/** Opens them all and shows the first. */
function openFiles(store: Store, files: FileList | null): void {
  const places = Array.from(files ?? [], (file) => store.open(file.name, { type: 'blob', blob: file }));
  if (places.length > 0) store.update(stateForRecording(store.state.value, places[0]));
}
