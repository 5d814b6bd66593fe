import {
  copyFileSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
  closeSync,
  statSync,
} from 'node:fs';
import { executablePathOf } from '../../../../src/agent/update/switch/versions-folder.ts';
import type { Endpoint } from '../endpoint.ts';
import type { FaultCase } from '../fault-case.ts';
import { GOOD, INSTALLED } from '../fault-versions.ts';

/** Where an ELF header says for which processor it is, and how it says "arm64". */
const MACHINE = { offset: 18, arm64: 0xb7 };

interface Damage {
  readonly fault: string;
  readonly doTo: (path: string) => void;
}

const DAMAGES: readonly Damage[] = [
  { fault: 'executable cut off', doTo: (path) => truncateSync(path, statSync(path).size / 2) },
  {
    fault: 'executable for another machine',
    doTo: (path) => changeByte(path, MACHINE.offset, MACHINE.arm64),
  },
  { fault: 'executable gone', doTo: (path) => rmSync(path) },
];

/** What was in order when it came is not when it is to run. */
const beforeTheSwitch: readonly FaultCase[] = DAMAGES.map(({ fault, doTo }) => ({
  ...{ fault, at: 'while jobs are waited for' },
  inject: async (world) => {
    const endpoint = await world.endpoint();
    const letEnd = await world.keepBusy(endpoint);
    await endpoint.orderUntil('while jobs are waited for', GOOD);
    damage(endpoint, doTo);
    letEnd();
    return {
      ...{ endpoint, ordered: GOOD, endsOn: [INSTALLED] },
      refusal: { outcome: 'failed', reason: /executable|Cannot start/ },
    };
  },
}));

/** The version that is to run is fetched anew, and what is installed runs until then. */
const afterTheProof: readonly FaultCase[] = DAMAGES.map(({ fault, doTo }) => ({
  ...{ fault, at: 'as soon as it is proven, at the next start' },
  inject: async (world) => {
    const endpoint = await world.endpoint();
    await endpoint.order(GOOD);
    await endpoint.settled([GOOD]);
    await endpoint.stop();
    damage(endpoint, doTo);
    endpoint.start();
    return { endpoint, ordered: GOOD, endsOn: [GOOD], times: 2 };
  },
}));

export const badFile = [...beforeTheSwitch, ...afterTheProof];

/** Of a copy, because what runs cannot be written to. */
function damage({ stateDir }: Endpoint, doTo: Damage['doTo']): void {
  const path = executablePathOf(stateDir, GOOD, { os: 'linux' });
  copyFileSync(path, `${path}.damaged`);
  renameSync(`${path}.damaged`, path);
  doTo(path);
}

function changeByte(path: string, offset: number, value: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Uint8Array.of(value), 0, 1, offset);
  closeSync(file);
}
