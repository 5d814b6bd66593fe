import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseRefusal } from '../../../../src/protocol/commander/refusal.ts';
import {
  validateCredentials,
  validateLoginReply,
  validatePasswordChange,
} from '../../../../src/protocol/generated/admin/accounts.js';
import { validateErrorReply } from '../../../../src/protocol/generated/admin/errors.js';
import { validateAssignRequest } from '../../../../src/protocol/generated/admin/jobs.js';
import {
  validateLibraryEntry,
  validateLibraryUpload,
} from '../../../../src/protocol/generated/admin/library.js';
import * as certificates from '../../../../src/protocol/generated/certificates.js';
import { validateHello, validateJobsFrame } from '../../../../src/protocol/generated/frames.js';
import { validateHistoryPost, validateJobAssignment } from '../../../../src/protocol/generated/job.js';
import { parse, parseJson, type Validator } from '../../../../src/protocol/validate.ts';
import { parseWire, readWire } from '../../../support/wire-fixture.ts';

const VALIDATORS: Record<string, Validator<unknown>> = {
  'frames/hello.json': validateHello,
  'frames/push-library-extras.json': validateJobsFrame,
  'frames/push-non-ascii.json': validateJobsFrame,
  'frames/push-one.json': validateJobsFrame,
  'frames/push-three.json': validateJobsFrame,
  'frames/push-traversal.json': validateJobsFrame,
  'frames/push-unset-fields.json': validateJobsFrame,
  'frames/refusal-missing-agent-id.json': validateErrorReply,
  'frames/refusal-not-json.json': validateErrorReply,
  'frames/refusal-unknown-agent.json': validateErrorReply,
  'agent/error-generic-400.json': validateErrorReply,
  'agent/error-generic-500.json': validateErrorReply,
  'agent/error.json': validateErrorReply,
  'agent/history-post-nulls.json': validateHistoryPost,
  'agent/history-post-windows-exit.json': validateHistoryPost,
  'agent/history-post.json': validateHistoryPost,
  'agent/register-reply.json': certificates.validateRegisterReply,
  'admin/assign-request.json': validateAssignRequest,
  'admin/library-upload-job.json': validateLibraryUpload,
  'admin/login-reply.json': validateLoginReply,
  'admin/login-request.json': validateCredentials,
  'admin/password-change-request.json': validatePasswordChange,
  'capy/host-certificate.json': certificates.validateHostCertificate,
  'capy/root-trust.json': certificates.validateRootTrust,
};

/** Bodies without a schema of their own: nothing in them is decided by. */
const WITHOUT_SCHEMA = [
  'agent/execute-request.json',
  'agent/history-reply.json',
  'agent/register-request.json',
  'admin/history-reply.json',
  'admin/library-reply.json',
];

function pushed(name: string): unknown[] {
  return parseJson(validateJobsFrame, readWire(`frames/${name}.json`), 'The push').jobs;
}

describe('a captured message of the original', () => {
  test.each(Object.entries(VALIDATORS))('%s is still understood', (name, validator) => {
    expect(parseJson(validator, readWire(name), name)).toEqual(parseWire(name));
  });

  test('none is left out', () => {
    const captured = ['frames', 'agent', 'admin', 'capy'].flatMap((folder) =>
      readdirSync(join(process.cwd(), 'test/fixtures/wire', folder)).map((file) => `${folder}/${file}`),
    );
    const known = [...Object.keys(VALIDATORS), ...WITHOUT_SCHEMA, 'frames/ack.txt'];
    expect(captured.sort()).toEqual(known.sort());
  });

  test.each([
    ['refusal-not-json', 'SERVER_REFUSED'],
    ['refusal-missing-agent-id', 'SERVER_REFUSED'],
    ['refusal-unknown-agent', 'AGENT_NOT_FOUND'],
  ])('the close reason %s means %s', (name, code) => {
    expect(parseRefusal(readWire(`frames/${name}.json`))).toMatchObject({ code });
  });
});

describe('a pushed job of the original', () => {
  test.each([
    ['push-one', 1],
    ['push-three', 3],
    ['push-unset-fields', 1],
    ['push-non-ascii', 1],
    ['push-library-extras', 1],
  ])('%s holds %d that we take', (name, count) => {
    const jobs = pushed(name).map((job) => parse(validateJobAssignment, job, 'The job'));
    expect(jobs).toHaveLength(count);
  });

  test('keeps what is not ASCII', () => {
    expect(pushed('push-non-ascii')).toEqual([
      expect.objectContaining({ filename: 'grüße ☃.sh', description: '🚀', argv: ['é'] }),
    ]);
  });

  test('is not taken when its file name is a path', () => {
    expect(() => parse(validateJobAssignment, pushed('push-traversal')[0], 'The job')).toThrow('"filename"');
  });
});

describe('what the original keeps as JSON in a string', () => {
  test('the library holds entries that we understand', () => {
    const { library } = parseWire('admin/library-reply.json') as { library: string };
    const { jobs } = JSON.parse(library) as { jobs: unknown[] };
    for (const entry of jobs) parse(validateLibraryEntry, entry, 'The entry');
    expect(jobs).toHaveLength(1);
  });

  test('history holds reports that we understand', () => {
    const { jobs } = parseWire('admin/history-reply.json') as { jobs: string[] };
    for (const job of jobs) parseJson(validateHistoryPost, `{"job":${job}}`, 'The report');
    expect(jobs).toHaveLength(1);
  });
});
