import { expect, test } from 'vitest';
import { ProfileBuilder } from '../profile/builder/profile-builder.ts';
import { NONE, type Profile } from '../profile/tables.ts';
import { CALLGRIND_FORMAT } from './callgrind/callgrind.ts';
import { FIREFOX_FORMAT } from './firefox/firefox.ts';
import type { Format } from './format.ts';
import { exportProfile } from './formats.ts';

// What formats for native code say about where it lies. pprof and OTLP: protobuf/.

/** main calls hot, into which mix was inlined. */
function makeNative(): Profile {
  const builder = new ProfileBuilder({ timeUnit: 1 });
  const process = builder.addProcess({ pid: 42, command: 'app', start: 0 });
  const thread = builder.addThread({ process, tid: 42, name: 'app', start: 0 });
  const mapping = builder.internMapping({
    file: '/bin/app',
    buildId: 'ab12',
    start: 0x55_0000_1000,
    end: 0x55_0000_9000,
    offset: 0x1000,
  });
  const frame = (name: string, line: number, address: number, inlineDepth: number) => {
    const made = builder.internFunction({ name, file: '/src/app.cc', firstLine: line - 1, kind: 'native' });
    return builder.internFrame({ function: made, line, address, mapping, inlineDepth, tier: 'native' });
  };
  const main = builder.internStack(NONE, frame('main', 30, 0x55_0000_1100, 0));
  const hot = builder.internStack(main, frame('hot', 20, 0x55_0000_1200, 0));
  const mix = builder.internStack(hot, frame('mix', 10, 0x55_0000_1200, 1));
  builder.addSample(0, thread, mix, 1, 1000, 1000);
  return builder.build();
}

function textOf(format: Format): string {
  const { bytes } = exportProfile(makeNative(), format, { measure: 'wall', title: 'a title', fileName: 'x' });
  return new TextDecoder().decode(bytes);
}

test('callgrind: the object file of functions and of what they call', () => {
  expect(textOf(CALLGRIND_FORMAT).split('\n\n').slice(1)).toEqual([
    'ob=(1) /bin/app\nfl=(1) /src/app.cc\nfn=(2) main\ncob=(1)\ncfi=(1)\ncfn=(3) hot\ncalls=1 19\n29 1000',
    'ob=(1)\nfl=(1)\nfn=(3)\ncob=(1)\ncfi=(1)\ncfn=(4) mix\ncalls=1 9\n19 1000',
    'ob=(1)\nfl=(1)\nfn=(4)\n9 1000\n',
  ]);
});

test('Firefox: addresses within the library, inlined functions, and the library with its build id', () => {
  const { libs, threads } = JSON.parse(textOf(FIREFOX_FORMAT));
  expect(libs).toMatchObject([{ path: '/bin/app', codeId: 'ab12' }]);
  const { frameTable, funcTable, resourceTable } = threads[0];
  expect(frameTable.address).toEqual([0x1100, 0x1200, 0x1200]);
  expect(frameTable.inlineDepth).toEqual([0, 0, 1]);
  expect(frameTable.line).toEqual([30, 20, 10]);
  expect(funcTable.resource).toEqual([0, 0, 0]);
  expect(resourceTable.lib).toEqual([0]);
});
