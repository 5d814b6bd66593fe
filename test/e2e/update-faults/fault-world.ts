import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../../support/cleanup.ts';
import { SAY_FOREVER, COUNT_RUN, COUNT_AND_WAIT, writeScript } from '../../support/job-scripts.ts';
import { PackedWorld, requireOk } from '../../support/packed-world.ts';
import { waitFor } from '../../support/wait-for.ts';
import { Disk } from './disk.ts';
import { Endpoint, type EndpointOptions } from './endpoint.ts';
import { INSTALLED, packVersions } from './fault-versions.ts';

/** A server that has published all versions and keeps a service on every endpoint; each case brings endpoints of its own. */
export class FaultWorld {
  readonly packed: PackedWorld;
  readonly #cleanups: Cleanup[] = [];
  #paths: Readonly<Record<string, string>> = {};
  #endpoints = 0;
  #disks = 0;

  constructor() {
    this.packed = new PackedWorld((cleanup) => this.#cleanups.push(cleanup));
  }

  async start(): Promise<void> {
    const versions = await packVersions();
    this.#cleanups.push(() => rmSync(versions.dir, { recursive: true, force: true }));
    await this.#publish(versions.paths);
  }

  /** One more server with the same versions and keys of its own, which ends with this one. */
  async another(): Promise<FaultWorld> {
    const other = new FaultWorld();
    this.#cleanups.push(() => other.end());
    await other.#publish(this.#paths);
    return other;
  }

  /** The executable that was published as that version. */
  pathOf(version: string): string {
    return this.#paths[version] ?? '';
  }

  async #publish(paths: Readonly<Record<string, string>>): Promise<void> {
    this.#paths = paths;
    const { packed } = this;
    await packed.startServer();
    requireOk(await packed.commander('releases', 'publish', ...Object.values(paths)));
    await packed.addToLibrary(writeScript(packed.dir, COUNT_RUN));
    await packed.addToLibrary(writeScript(packed.dir, COUNT_AND_WAIT));
    const service = writeScript(packed.dir, SAY_FOREVER);
    await packed.addToLibrary(service, '--kind', 'service', '--name', 'web');
    requireOk(await packed.commander('services', 'assign', 'web', '--group', 'default'));
  }

  /** An endpoint that is checked in, with its service running. */
  async endpoint(options: EndpointOptions = {}): Promise<Endpoint> {
    const name = `endpoint-${String(++this.#endpoints).padStart(3, '0')}`; // none is the beginning of another
    const endpoint = new Endpoint(this.packed, name, options);
    this.#cleanups.push(() => endpoint.end());
    await endpoint.enroll(options.token ?? (await this.packed.joinToken()));
    endpoint.start();
    await endpoint.isWell(INSTALLED);
    endpoint.servicePid = (await endpoint.service()).pid;
    return endpoint;
  }

  /** The same, with a state folder on a disk of its own. */
  async endpointOnDisk(options: EndpointOptions = {}): Promise<{ endpoint: Endpoint; disk: Disk }> {
    const disk = new Disk(join(this.packed.dir, `machine-${String(++this.#disks).padStart(3, '0')}`));
    this.#cleanups.push(() => disk.remove());
    const endpoint = await this.endpoint({ ...options, stateDir: join(disk.mountPoint, 'state') });
    return { endpoint, disk };
  }

  /** Has a job run there. @returns what lets it end */
  async keepBusy({ agentID, name }: Endpoint): Promise<() => void> {
    const { packed } = this;
    const [runs, mayEnd] = [join(packed.dir, `busy-${name}`), join(packed.dir, `done-${name}`)];
    await packed.assign(COUNT_AND_WAIT.filename, agentID, runs, mayEnd);
    await waitFor(() => existsSync(runs), { what: 'the running job' });
    return () => writeFileSync(mayEnd, '');
  }

  /** For what a case needs beside its endpoint; ends with the world. */
  onEnd(cleanup: Cleanup): void {
    this.#cleanups.push(cleanup);
  }

  async end(): Promise<void> {
    for (const cleanup of this.#cleanups.reverse()) await cleanup();
  }
}
