import type { Ctx } from '../../../context.ts';
import type { Notifications, TransactionRunner } from '../../../platform/database/database.ts';
import type { AuditLog } from '../audit-log/index.ts';
import { ExplainService } from './explain.service.ts';
import { GrantsRepository } from './grants.repository.ts';
import { GrantsService } from './grants.service.ts';
import { PermissionsRepository } from './permissions.repository.ts';
import { PermissionsService } from './permissions.service.ts';

export {
  FIELD_CLASSES,
  type FieldClass,
  isBuiltInRole,
  presetOf,
  rightsOf,
  scopesOfVerbs,
  verbsOfRole,
} from './permissions.policy.ts';
export type { Principal } from './permissions.repository.ts';
export type { Grant } from './grants.service.ts';
export type { AclFilter } from './permissions.service.ts';
export type { GrantRow } from './grants.repository.ts';
export { BECAUSE, type Explanation, type Step } from './permissions.explain.ts';
export { maskOf, VERBS, type Verb, verbsOf } from './permissions.verbs.ts';

export type Permissions = PermissionsService & {
  readonly grants: GrantsService;
  explain: ExplainService['explain'];
  /** `grants.add` and `grants.remove`, for callers that know of nothing else. */
  grant: GrantsService['add'];
  revoke: (ctx: Ctx, grantId: string) => Promise<void>;
};

export interface PermissionsOptions {
  readonly dataSource: ConstructorParameters<typeof PermissionsRepository>[0];
  readonly transactions: TransactionRunner;
  readonly notifications: Notifications;
  readonly audit: AuditLog;
}

/** Call `start` once before the first use in a process with more than one user. */
export function createPermissions(options: PermissionsOptions): Permissions {
  const { dataSource, audit, ...rest } = options;
  const permissions = new PermissionsService({ repository: new PermissionsRepository(dataSource), ...rest });
  const repository = new GrantsRepository(dataSource);
  const grants = new GrantsService({ permissions, repository, audit });
  const explaining = new ExplainService(repository);
  return Object.assign(permissions, {
    grants,
    explain: explaining.explain.bind(explaining),
    grant: grants.add.bind(grants),
    revoke: (ctx: Ctx, grantId: string) => grants.remove(ctx, grantId),
  });
}
