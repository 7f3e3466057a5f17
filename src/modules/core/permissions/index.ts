import type { Notifications, TransactionRunner } from '../../../platform/database/database.ts';
import type { AuditLog } from '../audit-log/index.ts';
import { PermissionsRepository } from './permissions.repository.ts';
import { PermissionsService } from './permissions.service.ts';

export { scopesOfRole } from './permissions.policy.ts';
export type { Principal } from './permissions.repository.ts';
export type { AclFilter, Grant } from './permissions.service.ts';
export { VERBS, type Verb } from './permissions.verbs.ts';

export type Permissions = PermissionsService;

export interface PermissionsOptions {
  readonly dataSource: ConstructorParameters<typeof PermissionsRepository>[0];
  readonly transactions: TransactionRunner;
  readonly notifications: Notifications;
  readonly audit: AuditLog;
}

/** Call `start` once before the first use in a process with more than one user. */
export function createPermissions(options: PermissionsOptions): Permissions {
  const { dataSource, ...rest } = options;
  return new PermissionsService({ repository: new PermissionsRepository(dataSource), ...rest });
}
