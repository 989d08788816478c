// What a page from disk holds in its document instead of asking a server: worker, recordings and sources
// (src/server/report.ts writes them).

/** A worker made from the text in the document; undefined where a server has it. */
export function startEmbeddedWorker(): Worker | undefined {
  const text = document.getElementById('embedded-worker')?.textContent;
  if (text === undefined || text === null) return undefined;
  return new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
}

/** The recordings in the document; undefined where a server has them. */
export function readEmbeddedRecordings():
  | readonly { readonly name: string; readonly blob: Blob }[]
  | undefined {
  const elements = document.querySelectorAll<HTMLElement>('.embedded-recording');
  if (elements.length === 0) return undefined;
  return Array.from(elements, (element) => {
    const bytes = Uint8Array.from(atob(element.textContent ?? ''), (character) => character.charCodeAt(0));
    // The worker gets its own copy: two of a large recording are enough.
    element.textContent = '';
    return { name: element.dataset.name ?? 'recording', blob: new Blob([bytes]) };
  });
}

/** The lines of a source in the document. */
export function readEmbeddedSource(file: string): readonly string[] | undefined {
  const text = document.getElementById('embedded-sources')?.textContent ?? '{}';
  const sources = JSON.parse(text) as Readonly<Record<string, readonly string[]>>;
  return Object.hasOwn(sources, file) ? sources[file] : undefined;
}
