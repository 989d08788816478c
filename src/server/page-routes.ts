// What the local server answers. All paths begin with the secret:
//
//   /SECRET/               the page
//   /SECRET/page.js …      its other files
//   /SECRET/recordings     the names of what is to be shown, as JSON
//   /SECRET/recordings/N   the bytes of one of them
//   /SECRET/recordings/N/live  one that is still being made, as server-sent events
//   /SECRET/example        the bytes of the recording that help and tour explain
//   /SECRET/source?file=…  the lines of a source file that one of them names, as JSON

import { type Context, Hono } from 'hono';
import { messageOf } from '../base/errors.ts';
import { guardLoopback } from './guard.ts';
import type { LiveRecording } from './live-recording.ts';
import type { PageFile } from './page-files.ts';
import type { SourceFile } from './source-files.ts';

/** A recording that the page can ask for. */
export interface ServedRecording {
  readonly name: string;
  /** Its bytes, and how many, at the time of asking. */
  open(): Promise<{ readonly stream: ReadableStream<Uint8Array>; readonly size: number }>;
  /** While it is still being made. */
  readonly live?: LiveRecording;
}

export interface PageContent {
  readonly secret: string;
  /** From readPageFiles. */
  readonly files: ReadonlyMap<string, PageFile>;
  readonly recordings: readonly ServedRecording[];
  /** What help and tour explain. */
  readonly example: ServedRecording;
  /** The lines of a file; undefined for one that no recording names. */
  readSource(file: string): Promise<SourceFile | undefined>;
}

/** The application; it knows no socket. */
export function createPageRoutes({ secret, files, recordings, example, readSource }: PageContent): Hono {
  const app = new Hono();
  app.use(guardLoopback(secret));
  const base = `/${secret}`;
  for (const [name, { bytes, contentType }] of files) {
    const path = name === 'index.html' ? `${base}/` : `${base}/${name}`;
    app.get(path, (context) => context.body(bytes, 200, { 'Content-Type': contentType }));
  }
  app.get(base, (context) => context.redirect(`${base}/`));
  app.get(`${base}/recordings`, (context) =>
    context.json(recordings.map(({ name, live }) => ({ name, isLive: live !== undefined }))),
  );
  app.get(`${base}/recordings/:number{[0-9]+}`, async (context) => {
    const recording = recordings.at(Number(context.req.param('number')));
    return recording === undefined
      ? context.text('There is no such recording.', 404)
      : sendRecording(context, recording);
  });
  app.get(`${base}/example`, (context) => sendRecording(context, example));
  app.get(`${base}/recordings/:number{[0-9]+}/live`, (context) => {
    const live = recordings.at(Number(context.req.param('number')))?.live;
    if (live === undefined) return context.text('There is no such recording.', 404);
    const stream = live.stream(Number(context.req.header('last-event-id') ?? 0));
    return context.body(stream, 200, { 'Content-Type': 'text/event-stream' });
  });
  app.get(`${base}/source`, async (context) => {
    const source = await readSource(context.req.query('file') ?? '');
    if (source === undefined) return context.text('No recording names this file.', 404);
    return context.json(source);
  });
  app.notFound((context) => context.text('Not found.', 404));
  app.onError((error, context) => context.text(messageOf(error), 500));
  return app;
}

async function sendRecording(context: Context, recording: ServedRecording): Promise<Response> {
  const { stream, size } = await recording.open();
  return context.body(stream, 200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(size),
  });
}
