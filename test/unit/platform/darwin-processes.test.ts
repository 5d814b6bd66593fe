import { expect, test } from '@jest/globals';
import { parsePs } from '../../../src/platform/darwin-processes.ts';

const MARK = { name: 'COMMANDER_JOB', value: '/Library/Application Support/Commander Agent/state/jobs/1' };

const LISTING = `\
    1     0     1 Ss   Mon Nov 23 08:00:00 2026     /sbin/launchd
  501     1   501 S    Mon Nov 23 08:09:58 2026     /bin/bash run.sh PATH=/bin COMMANDER_JOB=${MARK.value} LANG=C
  502   501   501 S+   Sun Nov  1 08:09:59 2026     sleep 5 COMMANDER_JOB=${MARK.value}
  503   501   501 Z    Mon Nov 23 08:09:59 2026     (sleep)
  504     1   504 S    Mon Nov 23 08:09:59 2026     sleep 5 COMMANDER_JOB=${MARK.value}2
  505     1   505 S    Mon Nov 23 08:09:59 2026     sleep 5 NOT_COMMANDER_JOB=${MARK.value}
garbage
`;

test('living processes are read, with the mark where their environment shows it', () => {
  const at = (text: string): number => Date.parse(text);
  expect(parsePs(LISTING, MARK)).toEqual([
    { pid: 1, parentPid: 0, groupID: 1, startedAt: at('Mon Nov 23 08:00:00 2026'), marked: false },
    { pid: 501, parentPid: 1, groupID: 501, startedAt: at('Mon Nov 23 08:09:58 2026'), marked: true },
    { pid: 502, parentPid: 501, groupID: 501, startedAt: at('Sun Nov 1 08:09:59 2026'), marked: true },
    { pid: 504, parentPid: 1, groupID: 504, startedAt: at('Mon Nov 23 08:09:59 2026'), marked: false },
    { pid: 505, parentPid: 1, groupID: 505, startedAt: at('Mon Nov 23 08:09:59 2026'), marked: false },
  ]);
});
