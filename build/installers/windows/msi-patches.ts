/** What the package needs and wixl has no words for, as SQL for msibuild. Each line says what goes wrong without it. */

const HIDE_TARGET = 8192;
/** An installed executable (18), deferred (1024), as LocalSystem (2048). */
const RUN_AS_SYSTEM = 18 + 1024 + 2048;

export interface FileVersion {
  /** Its key in the File table. */
  file: string;
  /** Four numbers with dots between. */
  version: string;
}

export function msiPatches(files: readonly FileVersion[]): string[] {
  return [
    // Properties given on the command line do not reach the elevated half of an installation unless they stand here.
    set('Property', { Value: secureProperties() }, { Property: 'SecureCustomProperties' }),
    // The installer's log would hold the command line, and with it the token.
    ...['EnrolByToken', 'EnrolByKey'].map((Action) =>
      set('CustomAction', { Type: RUN_AS_SYSTEM + HIDE_TARGET }, { Action }),
    ),
    // Inside the transaction: when the new version cannot be installed, the old one comes back.
    set('InstallExecuteSequence', { Sequence: 1510 }, { Action: 'RemoveExistingProducts' }),
    // A value is expanded only with this prefix; without it event viewers look for a folder named %SystemRoot%.
    set(
      'Registry',
      { Value: String.raw`#%%SystemRoot%\System32\EventCreate.exe` },
      { Name: 'EventMessageFile' },
    ),
    // Without a version Windows Installer compares dates, and an upgrade keeps the old executable.
    ...files.map(({ file, version }) => set('File', { Version: version, Language: '1033' }, { File: file })),
  ];
}

function secureProperties(): string {
  const ours = ['TOKEN', 'SERVER', 'REGISTRATIONKEY', 'CAFINGERPRINT'];
  return [...ours, 'WIX_DOWNGRADE_DETECTED', 'WIX_UPGRADE_DETECTED'].join(';');
}

type Row = Readonly<Record<string, string | number>>;

/** `UPDATE table SET … WHERE …`. Values are ours, none holds a quote. */
function set(table: string, values: Row, where: Row): string {
  return `UPDATE \`${table}\` SET ${equations(values).join(', ')} WHERE ${equations(where).join(' AND ')}`;
}

function equations(row: Row): string[] {
  return Object.entries(row).map(
    ([column, value]) => `\`${column}\`=${typeof value === 'number' ? value : `'${value}'`}`,
  );
}
