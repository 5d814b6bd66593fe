import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import type { Services } from '../compose/services.ts';
import { addAccountRoutes, addLoginRoutes } from './account-routes.ts';
import { AdminGuard } from './admin-guard.ts';
import { makeErrorHandler } from './error-handler.ts';
import { addAssignmentRoutes } from './assignment-routes.ts';
import { addFleetRoutes } from './fleet-routes.ts';
import { addInstallerRoutes } from './installer-routes.ts';
import { addJobRoutes } from './job-routes.ts';
import { addGroupRoutes } from './group-routes.ts';
import { acceptJsonBodies } from './json-body.ts';
import { addLibraryRoutes } from './library-routes.ts';
import { requireSingles } from './query.ts';
import { addReleaseRoutes } from './release-routes.ts';
import { addUnitLogRoutes } from './unit-log-routes.ts';
import { addUnitRoutes } from './unit-routes.ts';
import { addRolloutRoutes } from './rollout-routes.ts';
import { MULTIPART_LIMITS } from './upload-form.ts';

/** Everything under /admin: the original's API to the letter (COMMANDER.md, part 3), and ours. */
export function registerAdminRoutes(app: FastifyInstance, services: Services): void {
  const guard = new AdminGuard(services);
  const handleError = makeErrorHandler(services.log);

  app.register((scope, _options, done) => {
    scope.setErrorHandler(handleError);
    acceptJsonBodies(scope);
    addLoginRoutes(scope, services);
    done();
  });

  app.register(async (scope) => {
    scope.setErrorHandler(handleError);
    acceptJsonBodies(scope);
    await scope.register(multipart, { limits: MULTIPART_LIMITS });
    scope.addHook('onRequest', guard.check);
    scope.addHook('preHandler', ({ query }, _reply, next) => {
      requireSingles(query);
      next();
    });
    addAccountRoutes(scope, services, guard);
    addFleetRoutes(scope, services, guard);
    addLibraryRoutes(scope, services, guard);
    addInstallerRoutes(scope, services, guard);
    addReleaseRoutes(scope, services, guard);
    addRolloutRoutes(scope, services, guard);
    addJobRoutes(scope, services, guard);
    addGroupRoutes(scope, services, guard);
    addAssignmentRoutes(scope, services, guard);
    addUnitRoutes(scope, services);
    addUnitLogRoutes(scope, services, guard);
  });
}
