import { ADMIN_ROUTES } from './admin-api.ts';
import { execute, register, saveResult } from './agent-api.ts';
import { Answer, generic, type AppRequest, type Reply } from './reply.ts';
import type { OriginalState } from './state.ts';

const ROUTES: typeof ADMIN_ROUTES = {
  ...ADMIN_ROUTES,
  'POST /agent/register': register,
  'GET /agent/execute': execute,
  'POST /agent/history': saveResult,
  'GET /agent/checkin': () => {
    throw generic(400); // not an upgrade
  },
};

/** Commander behind nginx: every fault that nobody thought of is a 500. */
export async function route(request: AppRequest, state: OriginalState): Promise<Reply> {
  try {
    const handler = ROUTES[`${request.method} ${request.path}`];
    if (handler === undefined) throw generic(404);
    return await handler(request, state);
  } catch (error) {
    return error instanceof Answer ? error.reply : generic(500).reply;
  }
}
