import { Option } from 'commander';
import { isAppError } from '../../lib/errors.ts';
import type { EndpointActions, EnrollOrder, SettingFlags } from '../../protocol/endpoint.ts';
import type { DocumentedCommand } from '../command.ts';
import { printNote, printResult, type Console } from '../console.ts';
import { formatFields } from '../format/table.ts';
import { localTime } from '../format/time.ts';
import { endpointCommand, settingsOf } from './setting-options.ts';

export function enroll(console: Console, actions: Pick<EndpointActions, 'enroll'>): DocumentedCommand {
  return endpointCommand('enroll', {
    summary: 'Join a server and get an identity from it',
    details:
      'A join token, as printed by "commander token create", says all there is to say. Without one, name the server, its registration ' +
      'key and the fingerprint of its root certificate. The private key is made on this machine and never leaves it.\n\n' +
      'To keep them out of the list of processes, token and key can also stand in $COMMANDER_AGENT_TOKEN and ' +
      '$COMMANDER_AGENT_REGISTRATION_KEY.',
    examples: [
      'commander-agent enroll --token cmdr1.WyJodHRwczovL2NvbW1hbmRlci5leGFtcGxlOjg0NDMi…',
      'commander-agent enroll --server https://commander.example:8443 --registration-key KEY --ca-fingerprint 3f:9a:…',
      'commander-agent enroll --server https://old.example:8443 --capy http://old.example:5000 --registration-key KEY --trust-on-first-use',
    ],
  })
    .option('--token <token>', 'join token')
    .option('--server <url>', 'address of the server, https://HOST:PORT')
    .option('--registration-key <key>', 'the right to join it')
    .option('--ca-fingerprint <hex>', 'SHA-256 of its root certificate, colons allowed')
    .option('--trust-on-first-use', 'trust whatever root certificate is shown now')
    .option('--capy <url>', 'get the certificate from an original CAPy; the server is then an original, too')
    .option('--force', 'replace the identity that this agent has')
    .addOption(new Option('--if-needed', 'do nothing, successfully, when it has one').conflicts('force'))
    .action(async (options: SettingFlags & EnrollOrder & { ifNeeded?: boolean }) => {
      const summary = await enrollUnless(options.ifNeeded === true, () =>
        actions.enroll(settingsOf(options), orderOf(options, console)),
      );
      if (summary === undefined) {
        printResult(console, { changed: false }, '');
        if (!console.json) printNote(console, 'Enrolled already; nothing was changed.');
        return;
      }
      for (const warning of summary.warnings) printNote(console, `Warning: ${warning}`);
      const { agentID, server, fingerprint, certificateExpiresAt } = summary;
      const fields = { agent: agentID, server, 'root certificate': fingerprint };
      printResult(
        console,
        summary,
        formatFields({ ...fields, 'valid until': localTime(certificateExpiresAt) }),
      );
      if (!console.json) printNote(console, 'Enrolled. Start the agent with: commander-agent run');
    });
}

/** Undefined when there is an identity, and that is as good. Nothing runs without one. */
async function enrollUnless<T>(satisfied: boolean, enroll: () => Promise<T>): Promise<T | undefined> {
  try {
    return await enroll();
  } catch (error) {
    if (satisfied && isAppError(error, 'ALREADY_ENROLLED', 'AGENT_ALREADY_RUNNING')) return undefined;
    throw error;
  }
}

/** What is typed goes before the environment; a token in the environment does not disturb who names a server. */
function orderOf(typed: EnrollOrder, { env }: Console): EnrollOrder {
  const token = typed.token ?? (typed.server === undefined ? env['COMMANDER_AGENT_TOKEN'] : undefined);
  const usesKey = token === undefined;
  const key = typed.registrationKey ?? (usesKey ? env['COMMANDER_AGENT_REGISTRATION_KEY'] : undefined);
  return {
    ...pick(typed, ['server', 'caFingerprint', 'trustOnFirstUse', 'capy', 'force']),
    ...(token === undefined || token === '' ? {} : { token }),
    ...(key === undefined ? {} : { registrationKey: key }),
  };
}

function pick(order: EnrollOrder, keys: readonly (keyof EnrollOrder)[]): EnrollOrder {
  return Object.fromEntries(keys.filter((key) => order[key] !== undefined).map((key) => [key, order[key]]));
}
