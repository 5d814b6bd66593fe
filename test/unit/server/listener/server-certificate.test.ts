import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { expect, test } from '@jest/globals';
import { silentLogger, type Logger } from '../../../../src/lib/log.ts';
import type { CertificateAuthority } from '../../../../src/server/ca/certificate-authority.ts';
import { openListener } from '../../../../src/server/listener/open-listener.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { openOwnAuthority } from '../../../support/own-authority.ts';
import { SettableClock } from '../../../support/settable-clock.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();
const DAY_MS = 86_400_000;

/** Sleeps end when the test says so. */
class RousableClock extends SettableClock {
  #sleepers: (() => void)[] = [];

  override readonly sleep = (_ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      this.#sleepers.push(resolve);
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });

  rouse(): void {
    for (const wake of this.#sleepers.splice(0)) wake();
  }

  get sleepers(): number {
    return this.#sleepers.length;
  }
}

interface Running {
  readonly clock: RousableClock;
  readonly connect: () => Promise<TLSSocket>;
}

async function start(
  change: (ca: CertificateAuthority) => Partial<CertificateAuthority> = () => ({}),
  log: Logger = silentLogger,
): Promise<Running> {
  const clock = new RousableClock(Date.now());
  const { ca } = await openOwnAuthority(onEnd, { clock });
  const certificateAuthority = { ...ca, ...change(ca) };
  const options = { host: '127.0.0.1', port: 0, names: ['localhost'], certificateAuthority, clock, log };
  const listener = await openListener(options);
  onEnd(async () => await listener.close());
  const port = await listener.listen();
  return {
    clock,
    connect: async () => {
      // The new certificate begins when the test says, which the client does not know.
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
      onEnd(() => socket.destroy());
      await once(socket, 'secureConnect');
      return socket;
    },
  };
}

function serialOf(socket: TLSSocket): string | undefined {
  return socket.getPeerX509Certificate()?.serialNumber;
}

test('a certificate near its end is replaced without a restart, and open connections stay', async () => {
  const { clock, connect: open } = await start();
  const before = await open();
  const first = serialOf(before);

  clock.advance(366 * DAY_MS); // 31 days are left
  clock.rouse();
  await waitFor(() => clock.sleepers === 1, { what: 'the next look' });
  const early = serialOf(await open());

  clock.advance(2 * DAY_MS);
  clock.rouse();
  const renewed = await waitFor(
    async () => {
      const serial = serialOf(await open());
      return serial !== first && serial;
    },
    { what: 'the new certificate' },
  );
  expect([early, renewed === first, before.destroyed]).toEqual([first, false, false]);
});

test('a renewal that fails is logged and tried again', async () => {
  const events: string[] = [];
  let isBroken = false;
  const { clock } = await start(
    (ca) => ({
      issueServer: async (names) => {
        if (isBroken) throw new Error('disk full');
        return await ca.issueServer(names);
      },
    }),
    { ...silentLogger, error: (evt) => events.push(evt), info: (evt) => events.push(evt) },
  );
  isBroken = true;
  clock.advance(396 * DAY_MS);
  clock.rouse();
  await waitFor(() => events.includes('listener.unrenewed') && clock.sleepers === 1, { what: 'the failure' });
  isBroken = false;
  clock.rouse();
  await waitFor(() => events.includes('listener.renewed'), { what: 'the renewal' });
  expect(events).toEqual(['listener.unrenewed', 'listener.renewed']);
});
