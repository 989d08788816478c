import { expect, it } from 'vitest';
import { parseMaps, readMaps } from './maps.ts';

const TEXT = `55d0c8a00000-55d0c8a01000 r-xp 00002000 fd:01 1234 /usr/bin/a name with spaces
7f0000000000-7f0000001000 rw-p 00000000 00:00 0 
7f0000001000-7f0000002000 r--p 00000000 00:1f 77 /lib/old.so (deleted)
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]
nonsense
`;

it('reads ranges, permissions, names with spaces, and what was deleted', () => {
  const maps = parseMaps(TEXT);
  expect(maps).toHaveLength(4);
  expect(maps[0]).toEqual({
    path: '/usr/bin/a name with spaces',
    start: 0x55d0c8a00000,
    end: 0x55d0c8a01000,
    offset: 0x2000,
    executable: true,
    writable: false,
    inode: 1234,
    device: 'fd:01',
    deleted: false,
  });
  expect(maps[1]).toMatchObject({ path: '', writable: true });
  expect(maps[2]).toMatchObject({ path: '/lib/old.so', deleted: true });
  expect(maps[3].path).toBe('[stack]');
});

it('knows our own mappings, and none of a process that is not there', () => {
  expect(readMaps(process.pid).some((mapping) => mapping.executable)).toBe(true);
  expect(readMaps(2 ** 30)).toEqual([]);
});
