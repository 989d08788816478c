// The worker's end of the conversation: opens recordings and answers one question after the other. A question that a newer
// one of the same slot follows is left out, so that dragging never builds up a queue.

import { messageOf } from '../../base/errors.ts';
import type { FromWorker, RecordingSource, ToWorker } from './conversation.ts';
import { decodeSource } from './decode.ts';
import { Engine } from './engine.ts';
import { type FollowedRecording, followRecording } from './follow.ts';
import { LabelSender } from './label-passing.ts';
import type { Queries, QueryName, RecordingSummary } from './messages.ts';
import { summarize } from './summarize.ts';

type Question = Extract<ToWorker, { type: 'ask' }>;

const engine = new Engine();
const labels = new LabelSender();
const waiting: Question[] = [];
const opening = new Map<number, AbortController>();
const following = new Map<number, FollowedRecording>();
/** Comes back after the messages that are there already: so the queue knows what is needless. */
const ticks = new MessageChannel();

ticks.port1.onmessage = answerNext;
self.onmessage = ({ data }: MessageEvent<ToWorker>) => receive(data);

function receive(message: ToWorker): void {
  switch (message.type) {
    case 'open':
      void open(message.recording, message.name, message.source);
      break;
    case 'cancel':
      opening.get(message.recording)?.abort();
      break;
    case 'pause':
      following.get(message.recording)?.pause(message.isPaused);
      break;
    case 'ask':
      enqueue(message);
      break;
  }
}

async function open(recording: number, name: string, source: RecordingSource): Promise<void> {
  if (source.type === 'live') {
    follow(recording, name, source.url);
    return;
  }
  const controller = new AbortController();
  opening.set(recording, controller);
  let lastTold = 0;
  try {
    const decoded = await decodeSource(source, {
      name,
      signal: controller.signal,
      onProgress: (read, size) => {
        if (performance.now() - lastTold < PROGRESS_INTERVAL) return;
        lastTold = performance.now();
        send({ type: 'progress', recording, read, size });
      },
    });
    engine.open(recording, decoded.profile);
    const summary = summarize(name, decoded);
    send({ type: 'opened', recording, summary });
    prepareSoon(recording, summary);
  } catch (error) {
    const message = controller.signal.aborted ? 'Reading was cancelled.' : messageOf(error);
    send({ type: 'failed', recording, message });
  } finally {
    opening.delete(recording);
  }
}

/** After the first pictures, and between questions. */
function prepareSoon(recording: number, { revision, usualMeasure: measure }: RecordingSummary): void {
  const everything = { time: undefined, threads: [], states: [], transforms: [] };
  const steps = engine.prepare({ recording, revision, measure, ...everything });
  const goOn = () => {
    if (waiting.length === 0 && steps.next().done === true) return;
    setTimeout(goOn);
  };
  setTimeout(goOn, PREPARATION_DELAY);
}

/** Milliseconds. */
const PREPARATION_DELAY = 300;

/** Takes a recording that is being made, and tells the page each time that it has grown. */
function follow(recording: number, name: string, url: string): void {
  following.set(
    recording,
    followRecording(url, {
      onGrown: (decoded, state) => {
        engine.open(recording, decoded.profile, state.isAppended);
        send({ type: 'opened', recording, summary: summarize(name, decoded, state) });
      },
      onFailed: (message) => send({ type: 'failed', recording, message }),
    }),
  );
}

/** Milliseconds between two reports: enough for a bar that moves. */
const PROGRESS_INTERVAL = 50;

function enqueue(question: Question): void {
  const older = waiting.findIndex(({ slot }) => slot === question.slot);
  if (older !== -1) {
    const [{ id }] = waiting.splice(older, 1);
    send({ type: 'needless', id });
  }
  waiting.push(question);
  ticks.port2.postMessage(undefined);
}

function answerNext(): void {
  // What the eye goes to comes first: the pictures of the whole recording above it take longer, and hardly ever change.
  const place = waiting.findIndex(({ name }) => name !== 'timeline' && name !== 'memory');
  const [question] = waiting.splice(Math.max(0, place), 1);
  if (question === undefined) return;
  const { id, name, request } = question;
  try {
    // The page's side of the conversation is typed by the same table of queries.
    const value = engine.answer(name, request as never);
    sendAnswer(id, value);
  } catch (error) {
    send({ type: 'refused', id, message: messageOf(error) });
  }
}

function sendAnswer(id: number, value: Queries[QueryName]['answer']): void {
  if (typeof value !== 'object' || !('labels' in value)) send({ type: 'answer', id, value });
  else send({ type: 'answer', id, value: { ...value, labels: [] }, labels: labels.pass(value.labels) });
}

function send(message: FromWorker): void {
  postMessage(message);
}
