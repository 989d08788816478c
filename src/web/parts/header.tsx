// The header: what is looked at, what is counted, search, and what holds for the whole page.

import { useEffect } from 'preact/hooks';
import { formatCounted, formatDuration } from '../../base/quantities.ts';
import { saveTheme, stateForRecording, type Theme, useStore } from '../state/store.ts';
import type { RecordingSummary } from '../worker/messages.ts';
import { ExportMenu } from './export-menu.tsx';
import { Icon, type IconName, Mark } from './icons.tsx';
import { OpenButton } from './open-files.tsx';
import { SearchBox } from './search-box.tsx';
import { applyTheme } from './use-theme.ts';

export function Header() {
  const store = useStore();
  const summary = store.current.value;
  const name = store.recordings.value.at(store.state.value.recording)?.name;
  useEffect(() => {
    document.title = name === undefined ? 'vmprof' : `${name} · vmprof`;
  }, [name]);
  return (
    <header class="header">
      <span class="brand">
        <Mark /> vmprof
      </span>
      <Title />
      {summary?.isLive === true ? <LiveButton /> : null}
      {summary === undefined || summary.measures.length < 2 ? null : (
        <MeasureSwitch measures={summary.measures} />
      )}
      {summary === undefined ? null : <SearchBox />}
      <OpenButton />
      {summary === undefined ? null : <ExportMenu />}
      <ThemeButton />
      <button
        type="button"
        class="icon"
        title="Keys (?)"
        aria-label="Keys"
        onClick={() => {
          store.overlay.value = 'keys';
        }}
      >
        <Icon name="keys" />
      </button>
    </header>
  );
}

function Title() {
  const store = useStore();
  const recordings = store.recordings.value;
  const { recording } = store.state.value;
  const summary = store.current.value;
  const name = recordings.at(recording)?.name ?? '';
  return (
    <div class="title">
      {recordings.length > 1 ? (
        <select
          aria-label="Recording"
          value={recording}
          onChange={(event) =>
            store.update(stateForRecording(store.state.value, Number(event.currentTarget.value)))
          }
        >
          {recordings.map((each, place) => (
            <option key={place} value={place}>
              {each.name}
            </option>
          ))}
        </select>
      ) : (
        <h1 title={name}>{summary === undefined || summary.command === '' ? name : summary.command}</h1>
      )}
      {summary === undefined ? null : (
        <p title={`${name}: ${summary.command}`}>
          {[
            summary.command === '' ? '' : name,
            summary.duration > 0 ? formatDuration(summary.duration) : '',
            formatCounted(summary.samples, 'sample'),
            summary.format === 'vmprof recording' ? '' : summary.format,
          ]
            .filter((text) => text !== '')
            .join(' · ')}
        </p>
      )}
    </div>
  );
}

function LiveButton() {
  const store = useStore();
  const isPaused = store.isPaused.value;
  return (
    <button
      type="button"
      class={isPaused ? 'live' : 'live running'}
      aria-pressed={isPaused}
      title={isPaused ? 'Go on with all that was recorded meanwhile' : 'Hold the picture; recording goes on'}
      onClick={() => {
        store.isPaused.value = !isPaused;
        store.client.pause(store.state.value.recording, !isPaused);
      }}
    >
      <i aria-hidden="true" /> {isPaused ? 'Paused' : 'Live'}
    </button>
  );
}

const SHORT_TITLES = new Map([
  ['wall', 'Wall'],
  ['cpu', 'CPU'],
  ['gil', 'GIL'],
  ['samples', 'Samples'],
  ['resident', 'Memory'],
  ['growth', 'Growth'],
]);

function MeasureSwitch({ measures }: { measures: RecordingSummary['measures'] }) {
  const store = useStore();
  const measure = store.view.value?.measure;
  // Names that other profilers gave may be long, and many.
  if (measures.some((each) => !SHORT_TITLES.has(each.measure))) {
    return (
      <select
        class="measure"
        aria-label="Measure"
        value={measure}
        onChange={(event) => store.update({ measure: event.currentTarget.value })}
      >
        {measures.map((each) => (
          <option key={each.measure} value={each.measure}>
            {each.title}
          </option>
        ))}
      </select>
    );
  }
  return (
    <div class="segments" role="group" aria-label="Measure">
      {measures.map((each) => (
        <button
          type="button"
          key={each.measure}
          title={each.title}
          aria-pressed={measure === each.measure}
          onClick={() => store.update({ measure: each.measure })}
        >
          {SHORT_TITLES.get(each.measure)}
        </button>
      ))}
    </div>
  );
}

const THEMES: readonly (readonly [Theme, IconName, string])[] = [
  ['system', 'screen', 'as the system'],
  ['light', 'sun', 'light'],
  ['dark', 'moon', 'dark'],
];

function ThemeButton() {
  const store = useStore();
  const place = THEMES.findIndex(([theme]) => theme === store.theme.value);
  const [, icon, title] = THEMES[place];
  const [next] = THEMES[(place + 1) % THEMES.length];
  return (
    <button
      type="button"
      class="icon"
      title={`Colours: ${title}`}
      aria-label={`Colours: ${title}`}
      onClick={() => {
        store.theme.value = next;
        saveTheme(next);
        applyTheme(next);
      }}
    >
      <Icon name={icon} />
    </button>
  );
}
