import { describe, expect, test } from '@jest/globals';
import { CredentialKeeper } from '../../../../src/agent/enrollment/credential-keeper.ts';
import { keepRenewed, renewalTime, type RenewalOptions } from '../../../../src/agent/enrollment/renewal.ts';
import { HttpClient } from '../../../../src/lib/http-client/http-client.ts';
import { silentLogger } from '../../../../src/lib/log.ts';
import { Stopped } from '../../../../src/lib/stopped.ts';
import type { Credentials } from '../../../../src/agent/identity.ts';
import { systemClock, type Clock } from '../../../../src/lib/clock.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { ScriptedServer, reply } from '../../../support/scripted-server.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Time that passes at once when somebody sleeps; after so many naps it stands still. */
class JumpingClock implements Clock {
  readonly naps: number[] = [];
  napsLeft = 100;
  #nowMs = Date.now();

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await (this.napsLeft === 0 ? systemClock.sleep(60_000, signal) : new Promise(setImmediate));
    signal?.throwIfAborted();
    this.napsLeft -= 1;
    this.naps.push(ms);
    this.#nowMs += ms;
  }
}

interface Renewing {
  readonly server: ScriptedServer;
  readonly clock: JumpingClock;
  readonly keeper: CredentialKeeper;
  readonly old: Credentials;
  readonly renewed: string[];
  readonly stop: () => Promise<void>;
}

/** Keeps a certificate renewed that ends after so many days; it began 30 days ago. */
async function startRenewing(
  daysLeft: number,
  script?: (server: ScriptedServer) => ScriptedServer['script'],
): Promise<Renewing> {
  const server = await ScriptedServer.start(onEnd);
  server.script = script?.(server) ?? renewsFor(server);
  const clock = new JumpingClock();
  const old = await server.credentials('agent-1', { notAfter: new Date(Date.now() + daysLeft * DAY_MS) });
  const nothing = (): void => undefined;
  const keeper = new CredentialKeeper(
    { addCandidate: nothing, dropCandidate: nothing, promoteCandidate: nothing },
    { credentials: old },
  );
  const client = new HttpClient({ baseUrl: server.url, userAgent: 'x', tls: { ...old, ca: old.roots } });
  onEnd(() => client.close());
  const stop = new AbortController();
  const renewed: string[] = [];
  const options: RenewalOptions = {
    ...{ agentID: 'agent-1', keeper, clock, log: silentLogger, random: () => 0.5 },
    client: () => client,
    onRenewed: () => {
      renewed.push(keeper.newest().cert);
      keeper.connected(keeper.newest());
    },
  };
  const loop = keepRenewed(options, stop.signal).catch((error: unknown) => {
    if (error !== stop.signal.reason) throw error;
  });
  const end = async (): Promise<void> => {
    stop.abort(new Stopped('shutdown'));
    await loop;
  };
  onEnd(end);
  return { server, clock, keeper, old, renewed, stop: end };
}

/** A year more, each time. */
function renewsFor({ authority }: ScriptedServer): ScriptedServer['script'] {
  return async ({ body }, response) => {
    const { csr } = JSON.parse(body) as { csr: string };
    const cert = await authority.sign(csr, new Date(Date.now() + 365 * DAY_MS));
    reply(response, 200, { cert, roots: [authority.rootPem] });
  };
}

describe('a certificate falls due', () => {
  test.each([
    [0, 90 * (2 / 3)],
    [0.5, 90 * (2 / 3 + 0.05)],
    [1, 90 * (2 / 3 + 0.1)],
  ])('with jitter %d after %d of its 90 days', async (jitter, days) => {
    const server = await ScriptedServer.start(onEnd);
    const begun = Date.now() - 30 * DAY_MS;
    const { cert } = await server.credentials('a', { notAfter: new Date(Date.now() + 60 * DAY_MS) });
    expect(Math.abs(renewalTime(cert, jitter) - (begun + days * DAY_MS))).toBeLessThan(5000);
  });
});

test('before it is due, the calendar is looked at a few times a day, and nobody is asked', async () => {
  const { clock, server } = await startRenewing(60);
  clock.napsLeft = 8;
  await waitFor(() => clock.napsLeft === 0, { what: 'some naps' });
  expect(clock.naps.slice(-8)).toEqual(Array.from({ length: 8 }, () => 6 * HOUR_MS));
  expect(server.seen).toEqual([]);
});

test('when it is due, a new key and certificate are got with the old one, once', async () => {
  const { server, renewed, keeper, old, clock } = await startRenewing(1);
  await waitFor(() => renewed.length === 1 && clock.naps.length > 3, { what: 'the renewal' });
  expect(server.seen.map(({ line, peer }) => [line, peer])).toEqual([['POST /ca/renew', 'agent-1']]);
  expect(keeper.proven().key).not.toBe(old.key);
});

test('it works after the end, too', async () => {
  const { renewed } = await startRenewing(-3);
  await waitFor(() => renewed.length === 1, { what: 'the renewal' });
});

test('a server that fails is asked again later and later, and not before it wants to be', async () => {
  let asked = 0;
  const { renewed, clock } = await startRenewing(1, (server) => async (request, response) => {
    asked += 1;
    if (asked <= 3) response.writeHead(503, { 'retry-after': '900' }).end();
    else await renewsFor(server)(request, response);
  });
  await waitFor(() => renewed.length === 1, { what: 'the renewal' });
  expect(clock.naps.slice(0, 3)).toEqual([900_000 + 30_000, 900_000 + 60_000, 900_000 + 120_000]);
});

test('certificates that are born old are not asked for without a pause', async () => {
  const { renewed, clock, stop } = await startRenewing(1, ({ authority }) => async ({ body }, response) => {
    const { csr } = JSON.parse(body) as { csr: string };
    reply(response, 200, {
      cert: await authority.sign(csr, new Date(Date.now() + 1000)),
      roots: [authority.rootPem],
    });
  });
  await waitFor(() => renewed.length >= 3, { what: 'three renewals' });
  await stop();
  expect(clock.naps.slice(0, 2)).toEqual([30_000, 60_000]);
});
