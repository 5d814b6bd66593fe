import { describe, expect, test } from '@jest/globals';
import { validateDesiredFrame } from '../../../../src/protocol/generated/frames.js';
import { validateServiceSpec, validateTaskSpec } from '../../../../src/protocol/generated/desired.js';
import type { DesiredFrame } from '../../../../src/protocol/schemas/frames.ts';
import { contentOf, type DesiredContent } from '../../../../src/server/desired/desired-content.ts';
import { SHA256, libraryRecord } from '../../../support/server-records.ts';

const OTHER_SHA256 = 'f'.repeat(64);
const TASK = libraryRecord({
  timeoutSeconds: 60,
  unit: { kind: 'task', name: 'backup', argv: ['-v'], schedule: { cron: '0 3 * * *' } },
});
const SERVICE = libraryRecord({
  filename: 'proxy.sh',
  sha256: OTHER_SHA256,
  unit: { kind: 'service', name: 'proxy', restart: 'always', dependsOn: ['db'] },
});
const PROGRAM = { filename: 'run.sh', executor: 'sh', archive: { sha256: SHA256, size: 7 } };

function frameOf(content: DesiredContent): DesiredFrame {
  return JSON.parse(content.frame(5)) as DesiredFrame;
}

describe('What agents are to keep', () => {
  test('is a frame with what the library says of each unit', () => {
    const frame = frameOf(contentOf([TASK, SERVICE], '1.2.3'));
    expect(frame).toEqual({
      kind: 'desired',
      desired: {
        revision: 5,
        agentVersion: '1.2.3',
        tasks: [
          {
            ...PROGRAM,
            name: 'backup',
            argv: ['-v'],
            schedule: { cron: '0 3 * * *' },
            timeoutSeconds: 60,
          },
        ],
        services: [
          {
            ...PROGRAM,
            filename: 'proxy.sh',
            archive: { sha256: OTHER_SHA256, size: 7 },
            name: 'proxy',
            restart: 'always',
            dependsOn: ['db'],
          },
        ],
      },
    });
    expect([
      validateDesiredFrame(frame),
      validateTaskSpec(frame.desired.tasks[0]),
      validateServiceSpec(frame.desired.services[0]),
    ]).toEqual([true, true, true]);
  });

  test('names the archives that may be fetched for it', () => {
    expect(contentOf([TASK, SERVICE], undefined).archives).toEqual(new Set([SHA256, OTHER_SHA256]));
  });

  test('has nothing to say of jobs', () => {
    const content = contentOf([libraryRecord()], undefined);
    expect([content.isEmpty, frameOf(content).desired]).toEqual([
      true,
      { revision: 5, tasks: [], services: [] },
    ]);
  });

  test.each([
    [[TASK], undefined],
    [[], '1.2.3'],
  ])('is something with %j and version %s', (entries, version) => {
    expect(contentOf(entries, version).isEmpty).toBe(false);
  });

  test.each([
    ['another archive', [{ ...TASK, sha256: OTHER_SHA256 }], undefined],
    ['another unit', [TASK, SERVICE], undefined],
    ['another version', [TASK], '1.2.3'],
  ])('has another digest with %s', (_what, entries, version) => {
    const { digest } = contentOf([TASK], undefined);
    expect(contentOf([TASK], undefined).digest).toBe(digest);
    expect(contentOf(entries, version).digest).not.toBe(digest);
  });

  test('does not depend on whose entry it is and what people say of it', () => {
    const same = { ...TASK, user: 'ada', description: 'other', createdAt: 0 };
    expect(contentOf([same], undefined).digest).toBe(contentOf([TASK], undefined).digest);
  });

  test('is no more than an agent takes', () => {
    const entries = Array.from({ length: 1001 }, () => [TASK, SERVICE]).flat();
    const frame = frameOf(contentOf(entries, undefined));
    expect(validateDesiredFrame(frame)).toBe(true);
    expect([frame.desired.tasks.length, frame.desired.services.length]).toEqual([1000, 100]);
  });
});
