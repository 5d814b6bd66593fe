import { expect, test } from '@jest/globals';
import { parseJoinPolicy, readJoinPolicy } from '../../../../src/platform/service/windows-policy.ts';
import { RecordedCommands } from '../../../support/recorded-commands.ts';

const HEAD = '\r\nHKEY_LOCAL_MACHINE\\Software\\Policies\\Commander\\Agent\r\n';

test.each([
  ['a token', '    Token    REG_SZ    cmdr1.abc\r\n', { token: 'cmdr1.abc' }],
  [
    'a server, its key and fingerprint',
    '    Server    REG_SZ    https://s:1\r\n    RegistrationKey    REG_SZ    a key\r\n    CaFingerprint    REG_SZ    AA:BB\r\n',
    { server: 'https://s:1', registrationKey: 'a key', caFingerprint: 'AA:BB' },
  ],
  ['nothing of it', '    Other    REG_SZ    x\r\n', undefined],
  ['an empty token', '    Token    REG_SZ    \r\n', undefined],
  [
    'an empty token before a server',
    '    Token    REG_SZ    \r\n    Server    REG_SZ    https://s:1\r\n',
    { server: 'https://s:1' },
  ],
])('a policy that says %s', (_, lines, policy) => {
  expect(parseJoinPolicy(`${HEAD}${lines}\r\n`)).toEqual(policy);
});

test('it is read from the key that the template writes', async () => {
  const commands = new RecordedCommands([[/./, `${HEAD}    Token    REG_SZ    t\r\n`]]);
  expect(await readJoinPolicy({ SystemRoot: 'D:\\W' }, commands.run)).toEqual({ token: 't' });
  expect(commands.lines).toEqual([
    String.raw`D:\W\System32\reg.exe query HKLM\Software\Policies\Commander\Agent`,
  ]);
});

test('no key is no policy', async () => {
  expect(await readJoinPolicy({}, new RecordedCommands([[/./, 1]]).run)).toBeUndefined();
});
