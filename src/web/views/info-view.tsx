// What was recorded, how, and how sure it is.

import { formatCount, formatDuration } from '../../base/quantities.ts';
import { useStore } from '../state/store.ts';
import { useAnswer } from '../state/use-answer.ts';

/** More rows than somebody reads; the text output has all of them. */
const MAX_ROWS = 500;

export function InfoView() {
  const store = useStore();
  const summary = store.current.value;
  const { recording } = store.state.value;
  const { answer } = useAnswer(
    'info',
    'info',
    summary === undefined ? undefined : { recording, revision: summary.revision },
  );
  if (summary === undefined || answer === undefined) return null;
  const { processes, threads, notes } = summary;
  const samplesOf = new Map<number, number>();
  for (const { process, samples } of threads) samplesOf.set(process, (samplesOf.get(process) ?? 0) + samples);
  return (
    <div class="scroll" tabIndex={0}>
      <div class="facts">
        {notes.length === 0 ? null : (
          <section class="wide">
            <h2>Damage and guesses</h2>
            {notes.map((note) => (
              <p key={note}>{note}</p>
            ))}
          </section>
        )}
        {answer.sections.map(({ title, pairs }) => (
          <section key={title}>
            <h2>{title}</h2>
            <dl>
              {title === 'Recording' ? (
                <>
                  <dt>file</dt>
                  <dd>
                    {summary.name} ({summary.format})
                  </dd>
                </>
              ) : null}
              {pairs.map(([name, text]) => (
                <>
                  <dt>{name}</dt>
                  <dd>{text}</dd>
                </>
              ))}
            </dl>
          </section>
        ))}
        <section class="wide">
          <h2>Processes</h2>
          <table class="plain-table">
            <thead>
              <tr>
                <th class="number">pid</th>
                <th class="number">from</th>
                <th class="number">samples</th>
                <th>runtime</th>
                <th>command</th>
              </tr>
            </thead>
            <tbody>
              {processes.slice(0, MAX_ROWS).map(({ row, pid, start, runtime, command }) => (
                <tr key={row}>
                  <td class="number">{pid > 0 ? pid : '–'}</td>
                  <td class="number">{formatDuration(start)}</td>
                  <td class="number">{formatCount(samplesOf.get(row) ?? 0)}</td>
                  <td>{runtime === '' ? '–' : runtime}</td>
                  <td>{command}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <section class="wide">
          <h2>Threads</h2>
          <table class="plain-table">
            <thead>
              <tr>
                <th class="number">pid</th>
                <th class="number">tid</th>
                <th class="number">samples</th>
                <th>name</th>
              </tr>
            </thead>
            <tbody>
              {threads.slice(0, MAX_ROWS).map(({ row, process, tid, samples, name }) => (
                <tr key={row}>
                  <td class="number">{processes[process].pid > 0 ? processes[process].pid : '–'}</td>
                  <td class="number">{tid > 0 ? tid : '–'}</td>
                  <td class="number">{formatCount(samples)}</td>
                  <td>{name}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {threads.length > MAX_ROWS ? (
            <p class="soft">… {formatCount(threads.length - MAX_ROWS)} more</p>
          ) : null}
        </section>
      </div>
    </div>
  );
}
