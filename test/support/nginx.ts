import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Cleanup } from './cleanup.ts';
import { makeTempDir } from './temp-dir.ts';
import type { ProxyOptions } from './tls-proxy.ts';
import { waitFor } from './wait-for.ts';

/** Why tests with nginx cannot run on this machine; undefined when they can. */
export function whyNoNginx(): string | undefined {
  return spawnSync('nginx', ['-v']).status === 0 ? undefined : 'nginx is not installed';
}

/** Runs nginx with the text of docs/proxy.md; only addresses and folders are of this test. */
export async function startNginx(onEnd: (cleanup: Cleanup) => void, options: ProxyOptions): Promise<void> {
  const dir = makeTempDir(onEnd);
  mkdirSync(join(dir, 'logs')); // looked for before the configuration is read
  writeFileSync(join(dir, 'nginx.conf'), configuration(dir, options));
  const args = ['-p', dir, '-c', 'nginx.conf'];
  const nginx = spawn('nginx', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  nginx.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  onEnd(async () => {
    if (nginx.exitCode !== null) return;
    nginx.kill();
    await once(nginx, 'exit');
  });
  const isUp = async (): Promise<boolean> => {
    if (nginx.exitCode !== null) throw new Error(`nginx ended: ${said}`);
    return await answers(options.port);
  };
  await waitFor(isUp, { what: 'nginx to listen' });
}

function configuration(dir: string, { port, targetPort, certificateDir }: ProxyOptions): string {
  const [, documented = ''] = /```nginx\n(.*?)```/s.exec(readFileSync('docs/proxy.md', 'utf8')) ?? [];
  const server = documented
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replaceAll('/etc/nginx/commander', certificateDir)
    .replaceAll('127.0.0.1:8443', `127.0.0.1:${targetPort}`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(dir, name)};`,
  );
  return `daemon off; master_process off; pid ${join(dir, 'pid')}; error_log stderr warn;
events {}
http { access_log off; ${temporary.join(' ')}
${server}}
`;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false; // not yet
  } finally {
    socket.destroy();
  }
}
