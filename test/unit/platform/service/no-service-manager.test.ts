import { expect, test } from '@jest/globals';
import { NoServiceManager } from '../../../../src/platform/service/no-service-manager.ts';

const manager = new NoServiceManager(['/opt/agent']);

test('whatever is asked, the answer says what to do instead', async () => {
  for (const answer of [manager.uninstall(), manager.start(), manager.stop(), manager.status()])
    expect(await answer).toEqual({
      kind: 'unsupported',
      advice: expect.stringContaining('"@reboot /opt/agent run"') as unknown,
    });
});

test('with the settings that were given', async () => {
  const definition = { program: ['/opt/agent'], options: ['--config', '/a b'], stateDir: '/s' };
  const { advice } = await manager.install(definition);
  expect(advice).toContain(`"@reboot /opt/agent run --config '/a b'"`);
});
