import { expect, test } from '@jest/globals';
import { LAUNCHD_LABEL, launchdPlist } from '../../../../src/platform/service/launchd-plist.ts';

test('it runs the command, word by word', () => {
  expect(launchdPlist(['/opt/a & b/agent', 'run', '<x>'])).toContain(
    [
      '  <key>ProgramArguments</key>',
      '  <array>',
      '    <string>/opt/a &amp; b/agent</string>',
      '    <string>run</string>',
      '    <string>&lt;x&gt;</string>',
      '  </array>',
    ].join('\n'),
  );
});

test('it has the name that it is asked for by, and is kept running', () => {
  const plist = launchdPlist(['/agent']);
  expect(plist).toContain(`<key>Label</key>\n  <string>${LAUNCHD_LABEL}</string>`);
  expect(plist).toMatch(/<key>KeepAlive<\/key>\s*<true\/>/);
});

test('what the agent leaves running goes on without it', () => {
  expect(launchdPlist(['/agent'])).toMatch(/<key>AbandonProcessGroup<\/key>\s*<true\/>/);
});
