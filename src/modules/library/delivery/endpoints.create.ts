import type { Notifications, TransactionRunner } from '../../../platform/database/database.ts';
import type { AnyRoute } from '../../../platform/http/route.ts';
import type { Log } from '../../../platform/log.ts';
import type { AuditLog } from '../../core/audit-log/index.ts';
import { EndpointsRepository } from './endpoints.repository.ts';
import { endpointRoutes } from './endpoints.routes.ts';
import { EndpointsService } from './endpoints.service.ts';
import { EndpointSettings } from './endpoints.settings.ts';

export interface EndpointsOptions {
  readonly dataSource: ConstructorParameters<typeof EndpointsRepository>[0];
  readonly transactions: TransactionRunner;
  readonly notifications: Notifications;
  readonly audit: AuditLog;
  readonly log: Log;
  /** 32 bytes that seal the secrets of signing keys. */
  readonly sealKey: Buffer;
}

export interface DeliveryEndpoints {
  readonly routes: AnyRoute[];
  readonly settings: EndpointSettings;
}

/** How each workspace delivers: named transformations and signing keys. `settings` must be started before delivery serves. */
export function createDeliveryEndpoints(options: EndpointsOptions): DeliveryEndpoints {
  const repository = new EndpointsRepository(options.dataSource);
  const settings = new EndpointSettings({ ...options, repository });
  return { routes: endpointRoutes(new EndpointsService({ ...options, repository, settings })), settings };
}
