import { createCertificateRequest } from '../../src/lib/certificate-request.ts';
import { silentLogger } from '../../src/lib/log.ts';
import type { CertificateAuthority } from '../../src/server/ca/certificate-authority.ts';
import type { Listener } from '../../src/server/listener/listener.ts';
import { openListener, type ListenerOptions } from '../../src/server/listener/open-listener.ts';
import type { CertificateStore } from '../../src/store/server/certificate-store.ts';
import { ask, type Answer, type Question } from './ask.ts';
import type { Cleanup } from './cleanup.ts';
import { openOwnAuthority } from './own-authority.ts';
import { SettableClock } from './settable-clock.ts';

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** The server's real listener on a port of its own, with routes that say who asked. */
export class OwnListener {
  readonly listener: Listener;
  readonly ca: CertificateAuthority;
  readonly certificates: CertificateStore;
  readonly clock: SettableClock;
  readonly port: number;
  readonly isPlain: boolean;
  /** Resolves when a request for /held has come, to what lets it go on. */
  readonly held: Promise<() => void>;

  private constructor(
    fields: Pick<OwnListener, 'listener' | 'ca' | 'certificates' | 'clock' | 'port' | 'isPlain' | 'held'>,
  ) {
    ({ listener: this.listener, ca: this.ca, certificates: this.certificates } = fields);
    ({ clock: this.clock, port: this.port, isPlain: this.isPlain, held: this.held } = fields);
  }

  static async open(
    onEnd: (cleanup: Cleanup) => void,
    options: Partial<ListenerOptions> = {},
  ): Promise<OwnListener> {
    const clock = new SettableClock(Date.now()); // TLS clients look at the real one
    const { ca, certificates } = await openOwnAuthority(onEnd, { clock });
    const listener = await openListener({
      host: '127.0.0.1',
      port: 0,
      names: ['localhost', '127.0.0.1'],
      certificateAuthority: ca,
      clock,
      log: silentLogger,
      ...options,
    });
    onEnd(async () => await listener.close());
    for (const path of ['/who', '/agent/who', '/grace']) {
      listener.app.get(path, async (request) => await listener.peerOf(request.raw));
    }
    listener.app.get('/address', ({ ip }) => ip);
    const arrived = Promise.withResolvers<() => void>();
    listener.app.get('/held', async () => {
      const held = Promise.withResolvers<object>();
      arrived.resolve(() => held.resolve({}));
      return await held.promise;
    });
    const port = await listener.listen();
    return new OwnListener({
      listener,
      ca,
      certificates,
      clock,
      port,
      isPlain: options.behindProxy !== undefined,
      held: arrived.promise,
    });
  }

  get root(): string {
    return this.ca.roots[0] ?? '';
  }

  async agent(agentID = 'a-1'): Promise<Pair> {
    const { csr, key } = await createCertificateRequest(agentID);
    return { cert: (await this.ca.issueAgent(csr, agentID)).certPem, key };
  }

  async ask(question: Question = {}): Promise<Answer> {
    const { root: ca, port, isPlain } = this;
    return await ask({ port, ca, isPlain, path: '/who', ...question });
  }
}
