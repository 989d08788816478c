// Who may talk to the local server, and what browsers may do with what it says. Recordings and sources are private, and any
// web page that is open in a browser can send requests to loopback.
//
// 1. Every path begins with a secret of 128 bits, which only the printed URL has.
// 2. The Host header must name loopback: a foreign name that resolves to it (DNS rebinding) is refused.
// 3. A request that another origin caused says so in its Origin header, and is refused.

import { timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

/** Answers 403 to hosts and origins that are not this server's, and 404 to paths without the secret. */
export function guardLoopback(secret: string): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host') ?? '';
    if (!isLoopback(host))
      return context.text('This server only answers to 127.0.0.1.', 403, SECURITY_HEADERS);
    const origin = context.req.header('origin');
    if (origin !== undefined && origin !== `http://${host}`) {
      return context.text('Pages of other origins have no access.', 403, SECURITY_HEADERS);
    }
    if (!hasSecret(context.req.path, secret)) return context.text('Not found.', 404, SECURITY_HEADERS);
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.res.headers.set(name, value);
    return undefined;
  };
}

/** Nothing but the server's own files; no inline scripts, no frames, no forms, no other host. */
const SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SECURITY_HEADERS = {
  'Content-Security-Policy': SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // The URL has the secret.
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

function isLoopback(host: string): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
}

/** In constant time, so that it cannot be guessed character by character. */
function hasSecret(path: string, secret: string): boolean {
  const given = Buffer.from(path.split('/')[1] ?? '');
  const wanted = Buffer.from(secret);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
