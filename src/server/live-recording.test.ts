import { expect, test } from 'vitest';
import { LiveRecording } from './live-recording.ts';

/** The events of a stream as they come, without comments. */
async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const text = decoder.decode(value);
    if (!text.startsWith(':')) yield text;
  }
}

test('a reader gets what was there, then what comes, then the end', async () => {
  const live = new LiveRecording('a.vmprof');
  live.append(Uint8Array.of(1, 2, 3));
  const events = readEvents(live.stream(0));
  expect((await events.next()).value).toBe('id: 3\ndata: AQID\n\n');
  const next = events.next();
  live.append(Uint8Array.of(4));
  expect((await next).value).toBe('id: 4\ndata: BA==\n\n');
  const last = events.next();
  live.end();
  expect((await last).value).toBe('event: end\ndata: 4\n\n');
  expect((await events.next()).done).toBe(true);
  expect([...live.read()]).toEqual([1, 2, 3, 4]);
});

test('a reader that comes back goes on where it was, or begins anew', async () => {
  const live = new LiveRecording('a.vmprof');
  live.append(Uint8Array.of(1, 2, 3));
  live.append(Uint8Array.of(4));
  live.end();
  expect((await readEvents(live.stream(3)).next()).value).toBe('id: 4\ndata: BA==\n\n');
  expect((await readEvents(live.stream(4)).next()).value).toBe('event: end\ndata: 4\n\n');
  expect((await readEvents(live.stream(2)).next()).value).toBe('id: 3\ndata: AQID\n\n');
});

test('large pieces come in several events', async () => {
  const live = new LiveRecording('a.vmprof');
  live.append(new Uint8Array(500_000));
  live.end();
  const ids: string[] = [];
  for await (const event of readEvents(live.stream(0))) ids.push(event.split('\n')[0]);
  expect(ids).toEqual(['id: 196608', 'id: 393216', 'id: 500000', 'event: end']);
});

test('readers that have gone are forgotten', async () => {
  const live = new LiveRecording('a.vmprof');
  const stream = live.stream(0);
  const reader = stream.getReader();
  await reader.read();
  await reader.cancel();
  live.append(Uint8Array.of(1));
  live.end();
});
