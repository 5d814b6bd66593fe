import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { Data, NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { commanderIcon, drawIcon } from '../../build/installers/icon/drawing.ts';
import { writePng } from '../../build/installers/icon/png.ts';
import { writeVersionResource } from '../../build/version-resource.ts';
import { useCleanup } from '../support/cleanup.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const onEnd = useCleanup();

test('the icon has every size that Windows shows, and is the same whenever it is drawn', () => {
  const sizes = Data.IconFile.from(commanderIcon()).icons.map(({ width }) => width);
  expect(sizes).toEqual([16, 24, 32, 48, 64, 0]); // 0 stands for 256
  expect(commanderIcon()).toEqual(commanderIcon());
});

test('its corners are clear, its edge is not, and there is a light prompt on a dark ground', () => {
  const { size, rgba } = drawIcon(64);
  const pixel = (x: number, y: number): number[] => [
    ...rgba.subarray((y * size + x) * 4, (y * size + x) * 4 + 4),
  ];

  expect(pixel(0, 0)[3]).toBe(0);
  expect(pixel(32, 0)[3]).toBe(255);
  expect(pixel(60, 32)).toEqual([0x1b, 0x2a, 0x4a, 255]);
  expect(pixel(42, 46)).toEqual([0x5e, 0xea, 0xb5, 255]);
});

test('a picture as PNG holds its pixels, row by row, without filters', () => {
  const png = writePng({ size: 2, rgba: Uint8Array.from({ length: 16 }, (_, i) => i) });
  const at = png.indexOf('IDAT');
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));

  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  expect([...rows]).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 7, 0, 8, 9, 10, 11, 12, 13, 14, 15]);
});

test('an executable shows it', () => {
  const path = join(makeTempDir(onEnd), 'agent.exe');
  writeFileSync(path, Buffer.from(NtExecutable.createEmpty().generate()));
  const about = { version: '1.0.0', productName: 'P', description: 'D', fileName: 'agent.exe' };
  writeVersionResource(path, path, { ...about, icon: commanderIcon() });

  const resources = NtExecutableResource.from(NtExecutable.from(readFileSync(path)));
  const [group] = Resource.IconGroupEntry.fromEntries(resources.entries);
  expect(group?.icons.map(({ width }) => width % 256)).toEqual([16, 24, 32, 48, 64, 0]);
});
