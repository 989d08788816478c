// The page's end of the conversation with the worker: questions with promises for answers.

import type { FromWorker, RecordingSource, ToWorker } from '../worker/conversation.ts';
import { LabelReceiver } from '../worker/label-passing.ts';
import type { Queries, QueryName, RecordingSummary } from '../worker/messages.ts';

export interface OpeningRecording {
  readonly onProgress: (read: number, size: number) => void;
  readonly onOpened: (summary: RecordingSummary) => void;
  readonly onFailed: (message: string) => void;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Owns the worker. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #opening = new Map<number, OpeningRecording>();
  readonly #labels = new LabelReceiver();
  #lastId = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    worker.onerror = (event) => this.#fail(event.message || 'The worker cannot be started.');
  }

  open(recording: number, name: string, source: RecordingSource, opening: OpeningRecording): void {
    this.#opening.set(recording, opening);
    this.#send({ type: 'open', recording, name, source });
  }

  cancel(recording: number): void {
    this.#send({ type: 'cancel', recording });
  }

  /** Holds a live recording as it is, or goes on. */
  pause(recording: number, isPaused: boolean): void {
    this.#send({ type: 'pause', recording, isPaused });
  }

  /** Undefined: a newer question of the same slot made this one needless. */
  ask<Name extends QueryName>(
    slot: string,
    name: Name,
    request: Queries[Name]['request'],
  ): Promise<Queries[Name]['answer'] | undefined> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      // The worker answers each question by the type that the table of queries gives it.
      this.#pending.set(id, {
        resolve: (value) => resolve(value as Queries[Name]['answer'] | undefined),
        reject,
      });
      this.#send({ type: 'ask', id, slot, name, request });
    });
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'progress':
        this.#opening.get(message.recording)?.onProgress(message.read, message.size);
        break;
      case 'opened':
        this.#opening.get(message.recording)?.onOpened(message.summary);
        break;
      case 'failed':
        this.#opening.get(message.recording)?.onFailed(message.message);
        break;
      case 'answer':
        this.#answer(message);
        break;
      case 'needless':
        this.#take(message.id)?.resolve(undefined);
        break;
      case 'refused':
        this.#take(message.id)?.reject(new Error(message.message));
        break;
    }
  }

  #answer({ id, value, labels: passed }: Extract<FromWorker, { type: 'answer' }>): void {
    // Also of an answer that nobody waits for: later ones name its labels.
    const labels = passed === undefined ? undefined : this.#labels.take(passed);
    this.#take(id)?.resolve(labels === undefined ? value : Object.assign({}, value, { labels }));
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  /** A worker that broke answers nothing any more. */
  #fail(message: string): void {
    for (const { reject } of this.#pending.values()) reject(new Error(message));
    this.#pending.clear();
    for (const opening of this.#opening.values()) opening.onFailed(message);
  }
}
