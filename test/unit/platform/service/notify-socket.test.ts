import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { notifySocket, socketAddress } from '../../../../src/platform/service/notify-socket.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { listenForNotices } from '../../../support/notice-listener.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

test.each([
  ['/run/n', [1, 0, ...Buffer.from('/run/n'), 0]],
  ['@n', [1, 0, 0, ...Buffer.from('n')]],
])('the address of %s is as the kernel reads it', (path, bytes) => {
  expect([...socketAddress(path)]).toEqual(bytes);
});

// Nothing else has systemd.
if (process.platform === 'linux')
  describe('a real socket', () => {
    test('gets each notice as one datagram', async () => {
      const path = join(makeTempDir(onEnd), 'notify');
      const receive = listenForNotices(path, onEnd);
      const send = await notifySocket(path);
      send('READY=1\nSTATUS=Running');
      send('WATCHDOG=1');
      expect([receive(), receive(), receive()]).toEqual(['READY=1\nSTATUS=Running', 'WATCHDOG=1', undefined]);
    });

    test('that nobody listens on fails nobody, and one that is full makes nobody wait', async () => {
      const path = join(makeTempDir(onEnd), 'notify');
      const send = await notifySocket(path);
      send('READY=1');
      const receive = listenForNotices(path, onEnd);
      for (let i = 0; i < 10_000; i++) send(`WATCHDOG=1\nSTATUS=${i}`);
      expect(receive()).toBe('WATCHDOG=1\nSTATUS=0');
    });
  });
