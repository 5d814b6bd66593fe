/** S-1-5-32-544, the same in every language. */
export const ADMINISTRATORS = Buffer.from('01020000000000052000000020020000', 'hex');

/** Fills in whether the group is enabled for the caller (CheckTokenMembership of securitybaseapi.h); false when it cannot tell. */
export type AskMembership = (token: bigint, group: Buffer, isMember: Buffer) => unknown;

const CALLER = 0n;

/** Whether this process acts as an administrator: for one who has not been elevated the group is there to deny only. */
export function isWindowsAdmin(ask: AskMembership = checkTokenMembership()): boolean {
  const isMember = Buffer.alloc(4);
  return Boolean(ask(CALLER, ADMINISTRATORS, isMember)) && isMember.readInt32LE() !== 0;
}

function checkTokenMembership(): AskMembership {
  const { dlopen } = process.getBuiltinModule('node:ffi');
  const { functions } = dlopen('advapi32.dll', {
    CheckTokenMembership: { arguments: ['pointer', 'buffer', 'buffer'], return: 'int32' },
  });
  return functions.CheckTokenMembership;
}
