import type { ReleaseTarget } from '../../src/protocol/schemas/releases.ts';
import { agentExecutable } from './agent-executable.ts';
import type { OriginalAnswer } from './original-client.ts';
import type { TestServer } from './test-server.ts';

/** Uploads `file` as the command line does. */
export async function stageAt(server: TestServer, file: Uint8Array<ArrayBuffer>): Promise<OriginalAnswer> {
  const form = new FormData();
  form.append('file', new Blob([file]), 'commander-agent');
  return await server.client.call('POST', '/admin/releases/files', { token: await server.token(), form });
}

/** Publishes an executable at a real server. @returns its SHA-256 */
export async function publishAt(
  server: TestServer,
  release: ReleaseTarget,
  content?: string,
): Promise<string> {
  const { json } = await stageAt(server, new Uint8Array(agentExecutable(release, content)));
  const { sha256 } = json as { sha256: string };
  await server.admin('POST', '/admin/releases', { files: [sha256] });
  return sha256;
}
