import type { IncomingHttpHeaders } from 'node:http';
import { type Ctx, systemClock } from '../../../context.ts';
import type { Notifications, TransactionRunner } from '../../../platform/database/database.ts';
import type { AnyRoute } from '../../../platform/http/route.ts';
import type { Log } from '../../../platform/log.ts';
import type { JobDef } from '../../../platform/queue/queue.ts';
import { signedIn, type Telemetry } from '../../../telemetry.ts';
import type { AuditLog } from '../audit-log/index.ts';
import type { Permissions } from '../permissions/index.ts';
import { AccountsRepository } from './accounts.repository.ts';
import { ActorsService, type ResolvedActor } from './actors.service.ts';
import { ApiKeysRepository } from './api-keys.repository.ts';
import { ApiKeysService } from './api-keys.service.ts';
import { AttemptsRepository } from './attempts.repository.ts';
import { FirstStartService } from './first-start.service.ts';
import { ADDRESS_HEADER, type Auth, makeAuth, makeLinkToken, REQUEST_ID_HEADER } from './identity.better-auth.ts';
import { IdentityChanges } from './changes.service.ts';
import { authHandler, type NodeHandler, signInLinkHandler } from './auth.routes.ts';
import { GroupsRepository } from './groups.repository.ts';
import { groupRoutes } from './groups.routes.ts';
import { GroupsService } from './groups.service.ts';
import { identityJobs } from './identity.jobs.ts';
import { sessionCookieName, trustedOrigins } from './identity.origins.ts';
import { Passwords } from './identity.passwords.ts';
import { identityRoutes } from './identity.routes.ts';
import { sessionReader } from './sessions.service.ts';
import { apiKeyRoutes, memberRoutes } from './members.routes.ts';
import { MembersRepository } from './members.repository.ts';
import { MembersService } from './members.service.ts';
import { PrincipalsRepository } from './principals.repository.ts';
import { PrincipalsService } from './principals.service.ts';
import { ProfileService } from './profile.service.ts';
import { QuotaService, type Reserved } from './quota.service.ts';
import { SignInService } from './sign-in.service.ts';
import { RolesRepository } from './roles.repository.ts';
import { roleRoutes } from './roles.routes.ts';
import { RolesService } from './roles.service.ts';
import { WorkspacesRepository } from './workspaces.repository.ts';
import { WorkspacesService } from './workspaces.service.ts';

export type { ResolvedActor } from './actors.service.ts';
export type { NodeHandler } from './auth.routes.ts';
export type { Reserved } from './quota.service.ts';
export type { FirstStart } from './first-start.service.ts';

export interface IdentityOptions {
  readonly dataSource: ConstructorParameters<typeof AccountsRepository>[0];
  /** better-auth keeps four connections of its own. */
  readonly databaseUrl: string;
  readonly transactions: TransactionRunner;
  readonly notifications: Notifications;
  readonly audit: AuditLog;
  readonly permissions: Permissions;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly publicUrl: string;
  readonly corsOrigins: readonly string[];
  readonly appSecret: string;
  /** False = sign-in attempts are not limited. */
  readonly rateLimit: boolean;
  readonly uploadMaxBytes: number;
  /** What a new workspace starts with, in bytes; absent or null = none. */
  readonly quotas?: { readonly workspaceBytes: number | null; readonly personBytes: number | null };
  onWorkspaceCreated?(ctx: Ctx, workspaceId: string, rootAclId: string): Promise<void>;
  /** What uploads under way have announced, for `quota.check`. */
  reservedBytes?(ctx: Ctx): Promise<Reserved>;
}

export interface Identity {
  /** After the migrations, once: listens for changes and makes better-auth. */
  start(): Promise<void>;
  close(): Promise<void>;
  /** `/api/auth/{*any}`, before body parsers. */
  readonly authHandler: NodeHandler;
  /** `GET /sign-in/link`. */
  readonly signInLinkHandler: NodeHandler;
  /** Errors: 401 for a key that does not work, 404 for a workspace one is no member of. */
  resolveActor(headers: IncomingHttpHeaders): Promise<ResolvedActor>;
  readonly firstStart: FirstStartService;
  readonly members: MembersService;
  readonly roles: RolesService;
  readonly groups: GroupsService;
  readonly apiKeys: ApiKeysService;
  readonly profile: ProfileService;
  readonly workspaces: WorkspacesService;
  readonly quota: QuotaService;
  readonly principals: PrincipalsService;
  readonly routes: AnyRoute[];
  readonly jobs: JobDef<Record<string, never>>[];
}

/** The routes without what is behind them, for documents; their handlers must not be called. */
export function declaredIdentityRoutes(): AnyRoute[] {
  const nothing = new Proxy({}, { get: () => undefined }) as never;
  return [
    ...identityRoutes(nothing, nothing, nothing),
    ...memberRoutes(nothing),
    ...roleRoutes(nothing),
    ...groupRoutes(nothing),
    ...apiKeyRoutes(nothing),
  ];
}

export function createIdentity(options: IdentityOptions): Identity {
  const { dataSource, transactions, notifications, audit, permissions, log } = options;
  const accounts = new AccountsRepository(dataSource);
  const members = new MembersRepository(dataSource);
  const keys = new ApiKeysRepository(dataSource);
  const workspaces = new WorkspacesRepository(dataSource);
  const attempts = new AttemptsRepository(dataSource);
  const passwords = new Passwords();
  const cookieName = sessionCookieName(options.publicUrl);

  let made: Auth | undefined;
  const auth = (): Auth => {
    if (!made) throw new Error('identity is used before start()');
    return made;
  };

  const actors = new ActorsService({ cookieName, sessions: sessionReader(auth), keys, workspaces, clock: systemClock, log });
  const changes = new IdentityChanges(notifications, transactions, actors);
  const signIn = new SignInService({
    accounts,
    attempts,
    workspaces,
    changes,
    transactions,
    audit,
    clock: systemClock,
    limited: options.rateLimit,
  });
  // Older links go on working: another process may have just printed one. Signing in by any of them ends the rest.
  const makeLink = async (email: string): Promise<string> =>
    `${options.publicUrl}/sign-in/link?token=${await makeLinkToken(auth(), email)}`;
  const roles = new RolesService({ roles: new RolesRepository(dataSource), changes, permissions, audit });
  const profile = new ProfileService({
    ...{ accounts, members, roles, keys, workspaces, passwords, changes, signIn, permissions, audit },
    uploadMaxBytes: options.uploadMaxBytes,
  });
  const membersService = new MembersService({ accounts, members, roles, keys, passwords, changes, permissions, audit, makeLink });
  const groups = new GroupsService({ groups: new GroupsRepository(dataSource), permissions, audit });
  const apiKeys = new ApiKeysService({ keys, members, changes, audit });
  const workspacesService = new WorkspacesService({ workspaces, transactions, permissions, audit });
  const onWorkspaceCreated = options.onWorkspaceCreated ?? (() => Promise.resolve());
  const firstStart = new FirstStartService({
    ...{ accounts, members, workspaces, passwords, transactions, permissions, audit, makeLink },
    onWorkspaceCreated,
    quotas: options.quotas ?? { workspaceBytes: null, personBytes: null },
  });
  const reserved = options.reservedBytes ?? (() => Promise.resolve({ workspace: 0, person: 0 }));

  const requestOf = (headers: Headers) => ({
    id: headers.get(REQUEST_ID_HEADER) ?? 'auth',
    address: headers.get(ADDRESS_HEADER) ?? '',
  });
  const handlers = () => ({ auth: auth(), actors, signIn });

  return {
    async start() {
      await changes.start();
      made = makeAuth({
        databaseUrl: options.databaseUrl,
        publicUrl: options.publicUrl,
        trustedOrigins: trustedOrigins(options.publicUrl, options.corsOrigins),
        secret: options.appSecret,
        cookieName,
        log,
        passwords,
        events: {
          attempt: (email, headers) => signIn.attempt(email, requestOf(headers).address),
          signedIn: async (userId, by, headers) => {
            await signIn.signedIn(userId, by, requestOf(headers));
            signedIn(options.telemetry, { requestId: requestOf(headers).id }, { outcome: 'ok', userId });
          },
          refused: async (email, headers) => {
            await signIn.refused(email, requestOf(headers));
            signedIn(options.telemetry, { requestId: requestOf(headers).id }, { outcome: 'refused', userId: null });
          },
        },
      });
    },
    close: async () => made?.close(),
    authHandler: (req, res) => authHandler(handlers())(req, res),
    signInLinkHandler: (req, res) => signInLinkHandler(handlers())(req, res),
    resolveActor: (headers) => actors.resolve(headers),
    firstStart,
    members: membersService,
    roles,
    groups,
    apiKeys,
    profile,
    workspaces: workspacesService,
    principals: new PrincipalsService(new PrincipalsRepository(dataSource), systemClock),
    quota: new QuotaService({ workspaces, members, reserved }),
    routes: [
      ...identityRoutes(profile, workspacesService, actors),
      ...memberRoutes(membersService),
      ...roleRoutes(roles),
      ...groupRoutes(groups),
      ...apiKeyRoutes(apiKeys),
    ],
    jobs: identityJobs(accounts),
  };
}
