import type { TransactionRunner } from '../../../platform/database/database.ts';
import type { AnyRoute } from '../../../platform/http/route.ts';
import type { JobDef } from '../../../platform/queue/queue.ts';
import type { AuditLog } from '{{core}}/audit-log/index.ts';
import type { Permissions } from '{{core}}/permissions/index.ts';
import type { {{Item}}Created } from './{{name}}.events.ts';
import { {{item}}Jobs, type PurgePayload } from './{{name}}.jobs.ts';
import { {{Items}}Repository } from './{{name}}.repository.ts';
import { {{item}}Routes } from './{{name}}.routes.ts';
import { {{Items}}Service } from './{{name}}.service.ts';

export { {{ITEM}}_CREATED, type {{Item}}Created } from './{{name}}.events.ts';
export type { {{Items}}Service } from './{{name}}.service.ts';

export interface {{Items}}Options {
  readonly dataSource: ConstructorParameters<typeof {{Items}}Repository>[0];
  readonly transactions: TransactionRunner;
  readonly permissions: Permissions;
  readonly audit: AuditLog;
  /** Called in the transaction that created one. */
  readonly onCreated: (ctx: Parameters<TransactionRunner['run']>[0], event: {{Item}}Created) => Promise<void>;
}

export interface {{Items}} {
  readonly service: {{Items}}Service;
  readonly routes: AnyRoute[];
  readonly jobs: JobDef<PurgePayload>[];
}

export function create{{Items}}(options: {{Items}}Options): {{Items}} {
  const { dataSource, ...rest } = options;
  const service = new {{Items}}Service({ repository: new {{Items}}Repository(dataSource), ...rest });
  return { service, routes: {{item}}Routes(service), jobs: {{item}}Jobs(service) };
}
