import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { loadSwitch } from '../../../../src/agent/update/switch/switch-file.ts';
import { formatJoinToken, parseJoinToken } from '../../../../src/protocol/join-token.ts';
import { TcpProxy } from '../../../support/tcp-proxy.ts';
import type { FaultCase, Injected } from '../fault-case.ts';
import { GOOD } from '../fault-versions.ts';
import type { FaultWorld } from '../fault-world.ts';
import { SLOW_DOWNLOAD, type Moment } from '../moments.ts';

/** Longer than a version that hangs or does not check in would be given. */
const AWAY_MS = 15_000;

const MOMENTS: readonly Moment[] = [
  'while it is fetched',
  'right after the switch',
  'while the new version starts',
  'on probation',
];

/** Nobody's fault: the probation waits, the version is neither left nor held to be bad. */
const network: readonly FaultCase[] = MOMENTS.map((at) => ({
  ...{ fault: `network away for ${AWAY_MS / 1000} s`, at },
  inject: async (world) => await networkAwayAt(at, world),
}));

const server: FaultCase = {
  ...{ fault: `server away for ${AWAY_MS / 1000} s`, at: 'on probation' },
  inject: async (world) => {
    const victim = await world.another();
    const endpoint = await victim.endpoint();
    await endpoint.orderUntil('on probation', GOOD);
    await victim.packed.killServer();
    await delay(AWAY_MS);
    expect(loadSwitch(endpoint.stateDir)?.bad ?? {}).toEqual({});
    await victim.packed.startServer();
    return { endpoint, ordered: GOOD, endsOn: [GOOD] };
  },
};

export const networkAway = [...network, server];

async function networkAwayAt(at: Moment, world: FaultWorld): Promise<Injected> {
  const proxy = await TcpProxy.start((cleanup) => world.onEnd(cleanup), world.packed.port);
  const token = parseJoinToken(await world.packed.joinToken());
  const endpoint = await world.endpoint({
    token: formatJoinToken({ ...token, serverUrl: `https://127.0.0.1:${proxy.port}` }),
    environment: SLOW_DOWNLOAD,
  });
  await endpoint.orderUntil(at, GOOD);
  proxy.holdNew();
  proxy.cut();
  await delay(AWAY_MS);
  expect(loadSwitch(endpoint.stateDir)?.bad ?? {}).toEqual({});
  proxy.pass();
  return { endpoint, ordered: GOOD, endsOn: [GOOD] };
}
