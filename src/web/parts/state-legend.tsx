// What the colours of the tracks mean; each state can be chosen, and then rules all views.

import { SAMPLE_STATES, type SampleState } from '../../profile/tables.ts';
import { useStore } from '../state/store.ts';

const TITLES: Readonly<Record<SampleState, string>> = {
  unknown: 'unknown',
  running: 'running',
  runnable: 'waiting for a CPU',
  waiting: 'waiting',
  'waiting-gil': 'waiting for the GIL',
};

export function StateLegend() {
  const store = useStore();
  const { states } = store.state.value;
  const toggle = (state: SampleState) =>
    store.update({
      states: states.includes(state) ? states.filter((each) => each !== state) : [...states, state],
    });
  return (
    <div class="legend" role="group" aria-label="States of threads">
      {SAMPLE_STATES.filter((state) => state !== 'unknown').map((state) => (
        <button
          type="button"
          class="plain state"
          key={state}
          aria-pressed={states.includes(state)}
          title="Show only samples in the chosen states"
          onClick={() => toggle(state)}
        >
          <i style={{ background: `var(--state-${state})` }} />
          {TITLES[state]}
        </button>
      ))}
    </div>
  );
}
