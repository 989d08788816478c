// A live recording at 1 kHz, fed to the page faster than it would be made: memory of the tab by samples, and how long the page
// needs from a sample to the picture that shows it.

import { ProfileBuilder, RecordingEncoder } from '../dist/profile/index.js';
import { LiveRecording } from '../dist/server/live-recording.js';
import { serveLive } from '../dist/server/page-server.js';
import { median } from './measure.mjs';
import { launchBrowser, readMemory, servePage } from './page-browser.mjs';
import { internSteps } from './page-recordings.mjs';
import { createRandom, createZipf, RUNNING } from './synthetic.mjs';

const RATE = 1000;
const STACKS = 2000;

export async function measureLive(hours) {
  const live = new LiveRecording('live.vmprof');
  const record = createProgram(live);
  const server = await servePage(serveLive(live));
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
    record(10);
    await page.goto(server.url);
    await waitForSamples(page, record.samples());
    console.log(`${hours} h at ${RATE} Hz, ${STACKS} stacks`);
    const minutes = Math.round(hours * 60);
    for (const part of [0, 1, 2, 3, 4]) {
      for (let minute = 0; part > 0 && minute < minutes / 4; minute++) record(60);
      await waitForSamples(page, record.samples());
      const delays = [];
      for (let i = 0; i < 8; i++) {
        // Seven times a second, as the recorder writes for somebody who watches.
        record(0.15);
        const started = performance.now();
        await waitForSamples(page, record.samples());
        delays.push(performance.now() - started);
      }
      console.log(
        `${record.samples().toLocaleString('en')} samples: ${await readMemory(browser)} MB; sample to picture ` +
          `median ${median(delays).toFixed(0)} ms, worst of 8 ${Math.max(...delays).toFixed(0)} ms`,
      );
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Appends so many seconds; all stacks are met within the first ones. */
function createProgram(live) {
  const builder = new ProfileBuilder({ timeUnit: 100_000 });
  const process = builder.addProcess({
    pid: 1,
    command: 'python3 app.py',
    runtime: 'CPython 3.11.7',
    start: 0,
  });
  const thread = builder.addThread({ process, tid: 1, name: 'MainThread', start: 0 });
  const random = createRandom(5);
  const pick = createZipf(STACKS, random);
  const frames = internSteps(builder, 600, 30);
  const stacks = [];
  while (stacks.length < STACKS) {
    const parent = stacks.length < 10 ? -1 : stacks[Math.floor(random() * stacks.length)];
    stacks.push(builder.internStack(parent, frames[Math.floor(random() * frames.length)]));
  }
  const encoder = new RecordingEncoder(builder);
  live.append(encoder.encodeHeader());
  let time = 0;
  let count = 0;
  const record = (seconds) => {
    for (let i = 0; i < seconds * RATE; i++) {
      time += 10;
      count++;
      builder.addSample(time, thread, stacks[pick()], RUNNING, 10, 10);
    }
    live.append(encoder.encodeNew());
  };
  record.samples = () => count;
  return record;
}

/** Until the page's summary counts so many samples. */
async function waitForSamples(page, count) {
  const text = `in ${count.toLocaleString('en')} samples`;
  await page.waitForFunction(
    (wanted) => document.querySelector('[data-testid=summary]')?.textContent?.includes(wanted),
    text,
    { polling: 'raf', timeout: 120_000 },
  );
}
