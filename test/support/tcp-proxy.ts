import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Cleanup } from './cleanup.ts';

/** What lies between two ends, and can go wrong there without either of them being told. */
export class TcpProxy {
  /** How many connections were opened through it so far. */
  connections = 0;
  readonly #target: { host: string; port: number };
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #mode: 'pass' | 'swallow' | 'hold' = 'pass';

  private constructor(targetPort: number) {
    this.#target = { host: '127.0.0.1', port: targetPort };
    this.#server = createServer({ allowHalfOpen: true }, (near) => this.#join(near));
  }

  static async start(onEnd: (cleanup: Cleanup) => void, targetPort = 0): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    onEnd(() => proxy.close());
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** For what is started after its proxy. */
  set targetPort(port: number) {
    this.#target.port = port;
  }

  /** Everything that is sent from now on is lost, and nobody is told: a dead link, or a firewall that forgot. */
  swallow(): void {
    this.#mode = 'swallow';
  }

  /** New connections are taken, and nothing goes through them until `pass`; older ones go on. */
  holdNew(): void {
    this.#mode = 'hold';
  }

  pass(): void {
    this.#mode = 'pass';
    for (const [near, far] of this.#pairs) {
      near.resume();
      far.resume();
    }
  }

  /** Every connection breaks at once. */
  cut(): void {
    for (const [near, far] of this.#pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket): void {
    this.connections += 1;
    const far = connect({ ...this.#target, allowHalfOpen: true });
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    this.#forward(near, far);
    this.#forward(far, near);
    for (const socket of pair) {
      socket.on('error', () => undefined); // its close follows
      socket.once('close', () => {
        this.#pairs.delete(pair);
        if (this.#mode !== 'swallow') for (const other of pair) other.destroy();
      });
    }
    if (this.#mode === 'hold') near.pause();
  }

  #forward(from: Socket, to: Socket): void {
    from.on('data', (chunk) => {
      if (this.#mode !== 'swallow') to.write(chunk);
    });
    from.on('end', () => {
      if (this.#mode !== 'swallow') to.end();
    });
  }
}
