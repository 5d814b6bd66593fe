import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The bytes of a captured message: `readWire('frames/push-one.json')`. */
export function readWire(name: string): string {
  return readFileSync(join(process.cwd(), 'test/fixtures/wire', name), 'utf8');
}

export function parseWire(name: string): unknown {
  return JSON.parse(readWire(name));
}
