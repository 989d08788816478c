// The open rows of the call tree as a text for the URL: nested as the tree is, so that what is open below one row names the row
// once. Steps are hashes of functions (src/web/worker/function-keys.ts), which mean the same after another load.
//
//   a.b.c-d__e    a, a/b, a/b/c, a/b/d and e: `.` goes down, `-` stays on the level, `_` goes up

/** More would make an address that nobody can send. */
const MAX_ROWS = 300;

interface Row {
  readonly children: Map<string, Row>;
}

/** Paths of steps joined by `/`. Rows above them are open, too. */
export function formatOpenRows(paths: readonly string[]): string {
  const root: Row = { children: new Map() };
  for (const path of paths.slice(0, MAX_ROWS)) {
    let row = root;
    for (const step of path.split('/')) {
      const below: Row = row.children.get(step) ?? { children: new Map() };
      row.children.set(step, below);
      row = below;
    }
  }
  let text = '';
  let last = 0;
  const levels = [root.children.entries()];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const next = level.next();
    if (next.done === true) {
      levels.pop();
      continue;
    }
    const [step, { children }] = next.value;
    const depth = levels.length;
    const way = depth > last ? '.' : depth === last ? '-' : '_'.repeat(last - depth);
    text += text === '' ? step : `${way}${step}`;
    last = depth;
    levels.push(children.entries());
  }
  return text;
}

/** What is no such text is no row. */
export function parseOpenRows(text: string): string[] {
  const paths: string[] = [];
  const above: string[] = [];
  let step: string | undefined;
  for (const [token] of text.matchAll(/[0-9a-z]+|[._-]/g)) {
    if (paths.length === MAX_ROWS) break;
    if (token === '.' && step !== undefined) above.push(step);
    else if (token === '_') above.pop();
    if (/[._-]/.test(token)) continue;
    step = token;
    paths.push([...above, step].join('/'));
  }
  return paths;
}

/** The rows without one, and without those below it. */
export function closeRow(paths: readonly string[], closed: string): string[] {
  return paths.filter((path) => path !== closed && !path.startsWith(`${closed}/`));
}
