import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import type { KeeperWord } from '../../../src/platform/keep-child.ts';
import { useCleanup } from '../../support/cleanup.ts';

const onEnd = useCleanup();
const source = pathToFileURL(join(process.cwd(), 'src/platform/keeper-link.ts')).href;

/** A child that prints why it is to stop, after it has said that it runs. */
const SCRIPT = `
  import { keeperLink } from ${JSON.stringify(source)};
  const link = keeperLink(process);
  const stay = process.env.ENDS ? undefined : setInterval(() => undefined, 1000);
  link.stop.addEventListener('abort', () => console.log('stop', link.stop.reason.why));
  link.stopNow.addEventListener('abort', () => { console.log('stopNow', link.stopNow.reason.why); clearInterval(stay); });
  link.supervisor.tell('running');
  if (process.env.GONE) link.stop.addEventListener('abort', () => clearInterval(stay));`;

function start(environment: Record<string, string> = {}) {
  const args = ['--no-warnings', '--input-type=module', '-e', SCRIPT];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  onEnd(() => child.kill('SIGKILL'));
  const printed = text(child.stdout as Readable);
  const ended = once(child, 'exit').then(async ([code]) => ({
    code: code as number,
    lines: (await printed).trim().split('\n'),
  }));
  const news = once(child, 'message').then(([message]) => message as unknown);
  const say = (word: KeeperWord): void => void child.send(word);
  return { child, ended, news, say };
}

test('an agent hears from its keeper when it is to stop, and how', async () => {
  const { ended, news, say } = start();
  expect(await news).toEqual({ news: 'running' });
  say({ ask: 'stop', why: 'update' });
  say({ ask: 'stopNow', why: 'shutdown' });
  expect(await ended).toEqual({ code: 0, lines: ['stop update', 'stopNow shutdown'] });
});

test('what was said before it listened is not lost', async () => {
  const { ended, say } = start();
  say({ ask: 'stopNow', why: 'shutdown' });
  expect(await ended).toEqual({ code: 0, lines: ['stopNow shutdown'] });
});

test('without its keeper it stops', async () => {
  const { child, ended, news } = start({ GONE: '1' });
  await news;
  child.disconnect();
  expect(await ended).toEqual({ code: 0, lines: ['stop shutdown'] });
});

test('its keeper does not keep it when it has ended its work', async () => {
  const { ended } = start({ ENDS: '1' });
  expect(await ended).toEqual({ code: 0, lines: [''] });
});
