import { randomBytes } from 'node:crypto';
import type { Ctx, Scope } from '../../../context.ts';
import { defineError, invalidRequest, notFound } from '../../../errors.ts';
import { newId } from '../../../platform/database/uuid.ts';
import type { AuditLog } from '../audit-log/index.ts';
import { hashKey } from './actors.service.ts';
import type { ApiKeysRepository } from './api-keys.repository.ts';
import type { IdentityChanges } from './changes.service.ts';
import { isPerson, scopesBeyond } from './identity.policy.ts';
import { presentKey } from './identity.presenters.ts';
import type { ApiKeyDto } from './identity.schema.ts';
import type { MembersRepository } from './members.repository.ts';

export const scopeTooWide = defineError('scope_too_wide', 422, 'A key cannot do more than the role of its owner');

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt?: string | null;
}

export interface ApiKeysDeps {
  readonly keys: ApiKeysRepository;
  readonly members: MembersRepository;
  readonly changes: IdentityChanges;
  readonly audit: AuditLog;
}

/** Keys for machines. A key belongs to a person, never does more than they may, and manages neither itself nor others. */
export class ApiKeysService {
  readonly #deps: ApiKeysDeps;

  constructor(deps: ApiKeysDeps) {
    this.#deps = deps;
  }

  /** One's own; an administrator sees all of the workspace. */
  async list(ctx: Ctx): Promise<{ items: ApiKeyDto[] }> {
    if (!isPerson(ctx.actor)) throw notFound();
    const keys = await this.#deps.keys.list(ctx, ctx.actor.role === 'admin' ? null : ctx.actor.userId);
    return { items: keys.map(presentKey) };
  }

  /** The key itself is in this answer only. Errors: 422 `scope_too_wide`, 400 for an end in the past. */
  async create(ctx: Ctx, input: NewApiKey): Promise<{ key: string; apiKey: ApiKeyDto }> {
    if (!isPerson(ctx.actor)) throw notFound();
    const ownerId = ctx.actor.userId ?? (await this.#deps.members.firstAdmin(ctx));
    const owner = ownerId === null ? null : await this.#deps.members.find(ctx, ownerId);
    if (!owner) throw notFound();
    const expiresAt = input.expiresAt ? new Date(input.expiresAt) : null;
    if (expiresAt !== null && expiresAt <= ctx.clock.now()) throw invalidRequest('expiresAt lies in the past.');
    const scopes = [...new Set(input.scopes)];
    const beyond = scopesBeyond(owner.role, scopes, owner.role_verbs ?? undefined);
    if (beyond.length > 0) throw scopeTooWide({ detail: `The role ${owner.role} does not have: ${beyond.join(', ')}.`, extra: { beyond } });

    const key = `dmsn_${randomBytes(32).toString('base64url')}`;
    const id = newId();
    return this.#deps.changes.change(ctx, owner.user_id, async (inner) => {
      const row = { id, userId: owner.user_id, name: input.name, prefix: key.slice(0, 11), keyHash: hashKey(key), scopes, expiresAt };
      await this.#deps.keys.insert(inner, row);
      const after = { name: input.name, scopes, expiresAt: expiresAt?.toISOString() ?? null, owner: owner.user_id };
      await this.#deps.audit.record(inner, { action: 'api_key.created', subjectKind: 'api_key', subjectId: id, after });
      const made = await this.#deps.keys.find(inner, id);
      if (!made) throw new Error('the key just inserted is not there');
      return { key, apiKey: presentKey(made) };
    });
  }

  /** One's own; an administrator any. Errors: 404. */
  async revoke(ctx: Ctx, id: string): Promise<void> {
    if (!isPerson(ctx.actor)) throw notFound();
    const key = await this.#deps.keys.find(ctx, id);
    if (!key || key.revokedAt !== null || (ctx.actor.role !== 'admin' && key.userId !== ctx.actor.userId)) throw notFound();
    await this.#deps.changes.change(ctx, key.userId, async (inner) => {
      await this.#deps.keys.revoke(inner, id);
      const before = { name: key.name, scopes: key.scopes, owner: key.userId };
      await this.#deps.audit.record(inner, { action: 'api_key.revoked', subjectKind: 'api_key', subjectId: id, before });
    });
  }
}
