// Asking the worker from a component: the answer to the newest question, and the one before until it comes.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../../base/errors.ts';
import type { Queries, QueryName } from '../worker/messages.ts';
import { useStore } from './store.ts';

export interface Answered<Answer> {
  /** Of the newest question that is answered; undefined before the first. */
  readonly answer: Answer | undefined;
  readonly problem: string | undefined;
  /** Counts the answers: what waits for a new picture can see it come. */
  readonly number: number;
}

/** Asks whenever the question changes; undefined asks nothing. `slot` names the component: one question each at a time. */
export function useAnswer<Name extends QueryName>(
  slot: string,
  name: Name,
  request: Queries[Name]['request'] | undefined,
): Answered<Queries[Name]['answer']> {
  const { client } = useStore();
  const key = request === undefined ? '' : JSON.stringify(request);
  const newest = useRef('');
  newest.current = key;
  const [state, setState] = useState<{
    answer: Queries[Name]['answer'] | undefined;
    problem: string | undefined;
    number: number;
  }>({ answer: undefined, problem: undefined, number: 0 });
  // The key stands for the request, by value. Asked before the page is painted: an effect behind it would wait for a frame.
  useLayoutEffect(() => {
    if (request === undefined) return;
    client.ask(slot, name, request).then(
      (answer) => {
        if (answer === undefined) return;
        setState(({ number }) => ({ answer, problem: undefined, number: number + 1 }));
      },
      (error: unknown) => {
        if (newest.current !== key) return;
        setState(({ number }) => ({ answer: undefined, problem: messageOf(error), number: number + 1 }));
      },
    );
  }, [client, slot, name, key]);
  const isOfThis = request !== undefined;
  return {
    answer: isOfThis ? state.answer : undefined,
    problem: state.problem,
    number: state.number,
  };
}
