import { validateGroupList } from '../../protocol/generated/admin/fleet.js';
import type { GroupRequest, GroupVersion, GroupView } from '../../protocol/schemas/admin/fleet.ts';
import { PATHS } from '../../protocol/version.ts';
import { ask } from './ask.ts';
import type { Transport } from './transport.ts';

/** Groups of agents; `AdminClient.changeAgent` moves an agent between them. */
export class GroupsClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async list(): Promise<GroupView[]> {
    return (await ask(this.#transport, validateGroupList, { what: 'list the groups', path: PATHS.groups }))
      .groups;
  }

  /** @throws AppError GROUP_EXISTS */
  async add(name: string): Promise<void> {
    const json: GroupRequest = { name };
    await this.#transport.send({ what: `add group "${name}"`, method: 'POST', path: PATHS.groups, json });
  }

  /** Null: any version will do. @throws AppError GROUP_NOT_FOUND */
  async setVersion(name: string, agentVersion: string | null): Promise<void> {
    const json: GroupVersion = { agentVersion };
    const request = { what: `set the version of group "${name}"`, path: `${groupPath(name)}/version`, json };
    await this.#transport.send({ method: 'PUT', ...request });
  }

  /** @throws AppError GROUP_NOT_FOUND, or SERVER_REFUSED while anything is in it */
  async remove(name: string): Promise<void> {
    await this.#transport.send({ what: `remove group "${name}"`, method: 'DELETE', path: groupPath(name) });
  }
}

function groupPath(name: string): string {
  return `${PATHS.groups}/${encodeURIComponent(name)}`;
}
