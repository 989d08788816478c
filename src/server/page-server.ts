// The local server of the page: loopback, a free port, a secret in the URL. It lives until it is closed.

import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { LiveRecording } from './live-recording.ts';
import { createPageRoutes, type PageContent, type ServedRecording } from './page-routes.ts';

export interface PageServerOptions extends Omit<PageContent, 'secret'> {
  /** 0: any that is free. */
  readonly port: number;
}

export interface PageServer {
  /** Where the page is, with the secret. */
  readonly url: string;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Starts to listen. Throws the system's error when the port is taken. */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const secret = randomBytes(16).toString('base64url');
  const app = createPageRoutes({ ...options, secret });
  const server = createServer(getRequestListener(app.fetch));
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}/${secret}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A file on disk, read anew each time it is asked for. */
export function serveFile(file: string): ServedRecording {
  return {
    name: basename(file),
    open: async () => {
      const { size } = await stat(file);
      // A recording that still grows: exactly what was promised.
      const stream = createReadStream(file, size > 0 ? { end: size - 1 } : {});
      return { stream: Readable.toWeb(stream) as ReadableStream<Uint8Array>, size };
    },
  };
}

/** Bytes that are in memory already, as from standard input. */
export function serveBytes(name: string, bytes: Uint8Array): ServedRecording {
  return {
    name,
    open: async () => {
      const { body } = new Response(new Uint8Array(bytes));
      return { stream: body ?? new ReadableStream(), size: bytes.length };
    },
  };
}

/** A recording that is being made. */
export function serveLive(live: LiveRecording): ServedRecording {
  return {
    ...serveBytes(live.name, new Uint8Array()),
    live,
    open: () => serveBytes(live.name, live.read()).open(),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
