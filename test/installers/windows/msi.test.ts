import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runTool } from '../../../build/installers/run-tool.ts';
import { buildMsi, msiVersion, type MsiOrder } from '../../../build/installers/windows/msi.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { buildContext } from '../support/build-context.ts';
import { describeWith } from '../support/describe-with.ts';
import { writeWindowsStandIn } from '../support/stand-ins.ts';
import { makeTestCertificate } from '../support/test-certificate.ts';

test.each([
  ['1.2.3', '1.2.3'],
  ['1.2.3-beta.1', '1.2.3'],
])('version %s is %s to Windows Installer', (version, expected) => {
  expect(msiVersion(version)).toBe(expected);
});

test.each(['1.2', '1.2.3.4', '1000.0.0', 'x'])('version %s is refused', (version) => {
  expect(() => msiVersion(version)).toThrow(`Cannot make an MSI of version "${version}"`);
});

describeWith(['wixl', 'msibuild'], 'an MSI', () => {
  const onEnd = useCleanup();

  function build(changes: Partial<MsiOrder> = {}): string {
    const dir = makeTempDir(onEnd);
    const koffiPath = writeWindowsStandIn(join(dir, 'koffi.node'), '3.3.4');
    const executablePath = writeWindowsStandIn(join(dir, 'agent.exe'), '1.2.3');
    return buildMsi({ executablePath, koffiPath, signer: undefined, ...changes }, buildContext(dir));
  }

  test('lays the native part of koffi beside the agent', () => {
    expect(runTool('msiextract', ['--list', build()]).trim().split('\n').sort()).toEqual([
      'Commander Agent/commander-agent.exe',
      'Commander Agent/koffi.node',
    ]);
  });

  test('installs a service that starts with the system and runs the agent as LocalSystem', () => {
    const [service] = table(build(), 'ServiceInstall');
    expect(service).toMatchObject({
      Name: 'CommanderAgent',
      StartType: '2',
      StartName: 'LocalSystem',
      Arguments: 'service run',
    });
  });

  test('hides what enrols a machine from the log, and passes it to the elevated half', () => {
    const path = build();
    const properties = keyed(table(path, 'Property'), 'Property');
    const actions = table(path, 'CustomAction').filter(({ Action }) => Action?.startsWith('Enrol'));

    expect(properties.get('MsiHiddenProperties')?.['Value']).toBe(
      'TOKEN;REGISTRATIONKEY;EnrolByToken;EnrolByKey',
    );
    expect(properties.get('SecureCustomProperties')?.['Value']?.split(';')).toEqual(
      expect.arrayContaining(['TOKEN', 'SERVER', 'REGISTRATIONKEY', 'CAFINGERPRINT']),
    );
    for (const { Type } of actions) expect(Number(Type) & 8192).toBe(8192);
    expect(actions).toHaveLength(2);
  });

  test('enrols after files and service are there and before it starts', () => {
    const sequence = keyed(table(build(), 'InstallExecuteSequence'), 'Action');
    const at = (action: string): number => Number(sequence.get(action)?.['Sequence']);

    expect(at('EnrolByToken')).toBeGreaterThan(at('InstallServices'));
    expect(at('ForgetOnRollback')).toBeLessThan(at('EnrolByToken'));
    expect(at('EnrolByKey')).toBeLessThan(at('StartServices'));
    expect(sequence.get('EnrolByToken')?.['Condition']).toBe('TOKEN AND NOT REMOVE');
  });

  test('has a service that failed started again, once it is registered', () => {
    const path = build();
    const sequence = keyed(table(path, 'InstallExecuteSequence'), 'Action');
    const at = (action: string): number => Number(sequence.get(action)?.['Sequence']);
    const action = keyed(table(path, 'CustomAction'), 'Action').get('SetRecovery');

    expect(action).toMatchObject({ Source: 'AgentExe', Target: 'service install' });
    expect(at('SetRecovery')).toBeGreaterThan(at('InstallServices'));
    expect(at('SetRecovery')).toBeLessThan(at('StartServices'));
  });

  test('removes the old version inside the transaction, so that it comes back when the new one fails', () => {
    const sequence = table(build(), 'InstallExecuteSequence');
    const at = (action: string): number =>
      Number(sequence.find(({ Action }) => Action === action)?.['Sequence']);
    expect(at('RemoveExistingProducts')).toBeGreaterThan(at('InstallInitialize'));
    expect(at('RemoveExistingProducts')).toBeLessThan(at('ProcessComponents'));
  });

  test('forgets the machine when it is removed, but not when a newer version removes it', () => {
    const forget = table(build(), 'InstallExecuteSequence').find(({ Action }) => Action === 'Forget');
    expect(forget?.['Condition']).toBe('REMOVE="ALL" AND NOT UPGRADINGPRODUCTCODE');
  });

  test('names the version of each file, or an upgrade would keep the old one', () => {
    expect(table(build(), 'File').map(({ File, Version }) => [File, Version])).toEqual([
      ['AgentExe', '1.2.3.0'],
      ['KoffiNode', '3.3.4.0'],
    ]);
  });

  test('registers a source of events whose messages Windows can show', () => {
    const values = table(build(), 'Registry').map(({ Name, Value }) => [Name, Value]);
    expect(values).toContainEqual(['EventMessageFile', String.raw`#%%SystemRoot%\System32\EventCreate.exe`]);
  });

  test('has the code of its version in each build, and another code for another version', () => {
    const code = (path: string): string | undefined =>
      table(path, 'Property').find(({ Property }) => Property === 'ProductCode')?.['Value'];
    expect(code(build())).toBe(code(build()));
    expect(code(build())).toMatch(/^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/);
  });

  test('is not made of an executable of another version', () => {
    const other = writeWindowsStandIn(join(makeTempDir(onEnd), 'other.exe'), '9.9.9');
    expect(() => build({ executablePath: other })).toThrow(
      'Cannot make an MSI of version "1.2.3": the executable says it is "9.9.9.0"',
    );
  });
});

describeWith(['wixl', 'msibuild', 'osslsigncode', 'openssl'], 'a signed MSI', () => {
  const onEnd = useCleanup();

  test('verifies, and so does what is in it; one changed byte is noticed', () => {
    const dir = makeTempDir(onEnd);
    const certificate = makeTestCertificate(dir);
    const signer = {
      key: { kind: 'files', ...certificate, password: undefined },
      timestampUrl: undefined,
    } as const;
    const koffiPath = writeWindowsStandIn(join(dir, 'koffi.node'), '3.3.4');
    const executablePath = writeWindowsStandIn(join(dir, 'agent.exe'), '1.2.3');
    const path = buildMsi({ executablePath, koffiPath, signer }, buildContext(dir));
    runTool('msiextract', ['--directory', dir, path]);

    const files = [
      path,
      ...['commander-agent.exe', 'koffi.node'].map((name) => join(dir, 'Commander Agent', name)),
    ];
    for (const file of files) expect(verify(file, certificate.certificatePath)).toContain('Succeeded');
    expect(existsSync(`${path}.signed`)).toBe(false);

    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    writeFileSync(path, bytes);
    expect(() => verify(path, certificate.certificatePath)).toThrow('failed');
  });
});

function verify(path: string, certificatePath: string): string {
  return runTool('osslsigncode', ['verify', '-in', path, '-CAfile', certificatePath]);
}

type Row = Record<string, string>;

/** The rows of a table, each by the names of its columns. */
function table(path: string, name: string): Row[] {
  const [columns = [], , , ...rows] = runTool('msiinfo', ['export', path, name])
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split('\t'));
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? ''])));
}

function keyed(rows: readonly Row[], column: string): Map<string | undefined, Row> {
  return new Map(rows.map((row) => [row[column], row]));
}
