import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { recentHistory, toPythonJson } from './job-document.ts';
import { Answer, generic, json, pythonList, readJson, refuse, requireParameters } from './reply.ts';
import type { AppRequest, Reply } from './reply.ts';
import { pythonNow, type LibraryFile, type OriginalJob, type OriginalState } from './state.ts';

type Handler = (request: AppRequest, state: OriginalState) => Reply | Promise<Reply>;

const TOKEN_LIFETIME_S = 15 * 60;
const SECRET = randomBytes(32);
const REQUIRED_OF_ENTRY = ['executor', 'filename', 'description', 'os'];
const OF_ENTRY = [
  ...REQUIRED_OF_ENTRY,
  'jobID',
  'user',
  'timeCreated',
  'argv',
  'exitCode',
  'stdout',
  'stderr',
];

export const ADMIN_ROUTES: Record<string, Handler> = {
  'POST /admin/login': login,
  'PATCH /admin/login': changePassword,
  'GET /admin/authenticate': withToken(() => json(200, { success: 'authentication token is valid' })),
  'GET /admin/registration-key': withToken((_, state) => {
    state.registrationKey ??= randomUUID();
    return json(200, { registrationKey: state.registrationKey });
  }),
  'PUT /admin/registration-key': withToken((_, state) => {
    state.registrationKey = randomUUID();
    return json(200, { registrationKey: state.registrationKey });
  }),
  'POST /admin/library': withToken(addToLibrary),
  'PATCH /admin/library': withToken(updateLibrary),
  'DELETE /admin/library': withToken(removeFromLibrary),
  'GET /admin/library': withToken(listLibrary),
  'POST /admin/jobs': withToken(assign),
  'GET /admin/history': withToken(history),
};

function login(request: AppRequest, state: OriginalState): Reply {
  const username = checkPassword(request, state, ['username', 'password']);
  const now = Math.trunc(Date.now() / 1000);
  const claims = { fresh: false, iat: now, jti: randomUUID(), type: 'access', sub: username, nbf: now };
  return json(200, { token: sign({ ...claims, exp: now + TOKEN_LIFETIME_S }) });
}

function changePassword(request: AppRequest, state: OriginalState): Reply {
  const username = checkPassword(request, state, ['username', 'password', 'newPassword']);
  state.passwords.set(username, String((readJson(request) as { newPassword: unknown }).newPassword));
  return json(200, { success: 'password successfully updated' });
}

function checkPassword(request: AppRequest, state: OriginalState, data: string[]): string {
  const { username, password } = requireParameters(request, { data });
  const expected = state.passwords.get(String(username));
  if (expected === undefined) throw refuse(401, 'username not found');
  if (expected !== password) throw refuse(401, 'password does not match');
  return String(username);
}

async function addToLibrary(request: AppRequest, state: OriginalState): Promise<Reply> {
  const form = await readForm(request);
  const missing = ['job', 'file'].filter((name) => !form.has(name));
  if (missing.length > 0)
    throw refuse(400, `request is missing the following parameters: data=${pythonList(missing)}`);
  const entry = readEntry(form.get('job'));
  const file = form.get('file');
  if (file === null || typeof file !== 'object') throw generic(400);
  if (state.library.has(entry.filename)) throw refuse(400, 'file name already exists in the library');
  state.library.set(entry.filename, { job: entry, bytes: Buffer.from(await file.arrayBuffer()) });
  return json(200, { success: 'successfully added new executable to the commander library' });
}

function readEntry(part: unknown): OriginalJob {
  if (typeof part !== 'string') throw generic(400);
  const fields = JSON.parse(part) as Record<string, unknown>;
  const missing = REQUIRED_OF_ENTRY.filter((name) => !(name in fields));
  if (missing.length > 0)
    throw refuse(400, `the job in the request is missing the following fields: ${pythonList(missing)}`);
  if (!Object.keys(fields).every((name) => OF_ENTRY.includes(name))) throw generic(500);
  return { jobID: randomUUID(), user: 'admin', timeCreated: pythonNow(), ...fields } as OriginalJob;
}

async function updateLibrary(request: AppRequest, state: OriginalState): Promise<Reply> {
  const form = await readForm(request);
  const entry = findEntry(state, form.get('filename'));
  const [file, description] = [form.get('file'), form.get('description')];
  if (file !== null && typeof file === 'object') entry.bytes = Buffer.from(await file.arrayBuffer());
  if (typeof description === 'string') entry.job.description = description;
  return json(200, { success: 'successfully updated the file in the commander library' });
}

function removeFromLibrary(request: AppRequest, state: OriginalState): Reply {
  const { filename } = requireParameters(request, { data: ['filename'] });
  state.library.delete(findEntry(state, filename).job.filename);
  return json(200, { success: 'successfully deleted executable from the commander library' });
}

function findEntry(state: OriginalState, filename: unknown): LibraryFile {
  const entry = state.library.get(String(filename));
  if (entry === undefined) throw refuse(400, 'file name does not exist in the library');
  return entry;
}

function listLibrary(_: AppRequest, state: OriginalState): Reply {
  if (state.library.size === 0) return { status: 204, body: '' };
  const jobs = [...state.library.values()].map((file) => file.job);
  const document = { _id: { $oid: '6921a5b0c2f1a4d1e8b0a001' }, _cls: 'Library', jobs };
  return json(200, { library: toPythonJson(document) });
}

function assign(request: AppRequest, state: OriginalState): Reply {
  const { agentID, filename, argv } = requireParameters(request, { data: ['agentID', 'filename', 'argv'] });
  state.assign(String(agentID), String(filename), argv as string[]);
  return json(200, { success: 'job successfully submitted -- waiting for agent to check in' });
}

function history(request: AppRequest, state: OriginalState): Reply {
  const { agentID } = requireParameters(request, { data: ['agentID'] });
  const daysAgo = Number(request.query.get('daysAgo') ?? 7);
  if (!Number.isFinite(daysAgo)) throw generic(500);
  return json(200, { jobs: recentHistory(state.agent(String(agentID)).history, daysAgo) });
}

async function readForm(request: AppRequest): Promise<FormData> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  return await new Response(new Uint8Array(request.body), { headers }).formData().catch(() => {
    throw generic(400);
  });
}

function withToken(handler: Handler): Handler {
  return (request, state) => {
    const header = request.headers['authorization'];
    if (header === undefined) throw new Answer(json(401, { msg: 'Missing Authorization Header' }));
    const [head = '', claims = '', signature] = header.replace(/^Bearer /, '').split('.');
    if (signature === undefined) throw new Answer(json(422, { msg: 'Not enough segments' }));
    if (signature !== mac(`${head}.${claims}`))
      throw new Answer(json(422, { msg: 'Signature verification failed' }));
    const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp: number };
    if (exp < Date.now() / 1000) throw new Answer(json(401, { msg: 'Token has expired' }));
    return handler(request, state);
  };
}

function sign(claims: object): string {
  const text = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${mac(text)}`;
}

function mac(text: string): string {
  return createHmac('sha256', SECRET).update(text).digest('base64url');
}
