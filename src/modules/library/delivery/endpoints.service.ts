import { randomBytes } from 'node:crypto';
import type { Ctx } from '../../../context.ts';
import { conflict, defineError, notFound } from '../../../errors.ts';
import type { Notifications, TransactionRunner } from '../../../platform/database/database.ts';
import { newId } from '../../../platform/database/uuid.ts';
import type { AuditLog } from '../../core/audit-log/index.ts';
import { type MetadataPolicy, parseTransformation, readSteps, TransformationError, usesNames } from '../renditions/index.ts';
import { seal } from './endpoints.cipher.ts';
import type { NamedTransformationEntity, SigningKeyEntity } from './endpoints.entity.ts';
import type { EndpointsRepository } from './endpoints.repository.ts';
import type { DeliverySettingsDto, NamedDto, SigningKeyDto } from './endpoints.schema.ts';
import { DEFAULT_METADATA, ENDPOINT_CHANGED, type EndpointSettings } from './endpoints.settings.ts';

const badTransformation = defineError('transformation_invalid', 422, 'This is not a transformation that can be kept');

const MAX_NAMED = 1_000;
const MAX_KEYS = 20;

export interface EndpointsDeps {
  readonly repository: EndpointsRepository;
  readonly settings: EndpointSettings;
  readonly transactions: TransactionRunner;
  readonly notifications: Notifications;
  readonly audit: AuditLog;
  /** 32 bytes that seal the secrets. */
  readonly sealKey: Buffer;
  /** All derivatives of the workspace may be others now; in the transaction that says so. */
  onPolicy(ctx: Ctx): Promise<void>;
}

const presentNamed = ({ name, transformation, metadata, createdAt, updatedAt }: NamedTransformationEntity): NamedDto => ({
  name,
  transformation,
  metadata,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

const presentKey = ({ id, name, state, createdAt }: SigningKeyEntity): SigningKeyDto => ({
  id,
  name,
  state: state === 'active' ? 'active' : 'verify_only',
  createdAt: createdAt.toISOString(),
});

/** How a workspace delivers: names for transformations, and keys that sign URLs. Administrators change it. */
export class EndpointsService {
  private readonly deps: EndpointsDeps;

  constructor(deps: EndpointsDeps) {
    this.deps = deps;
  }

  async listNamed(ctx: Ctx): Promise<{ items: NamedDto[] }> {
    return { items: (await this.deps.repository.listNamed(ctx)).map(presentNamed) };
  }

  /**
   * Keeps a transformation under a name, or changes what the name stands for: every URL with it gets another picture.
   * @throws transformation_invalid with the reason; not_found for who may not
   */
  async putNamed(
    ctx: Ctx,
    name: string,
    said: { transformation: string; metadata?: MetadataPolicy | null | undefined },
  ): Promise<NamedDto> {
    onlyAdmin(ctx);
    const transformation = checked(said.transformation);
    const metadata = said.metadata ?? null;
    return this.change(ctx, async (inner) => {
      const { repository, audit } = this.deps;
      const before = await repository.findNamed(inner, name);
      if (!before && (await repository.listNamed(inner)).length >= MAX_NAMED)
        throw conflict(`There are ${MAX_NAMED} named transformations.`);
      await repository.putNamed(inner, name, transformation, metadata);
      await audit.record(inner, {
        action: before ? 'named_transformation.updated' : 'named_transformation.created',
        subjectKind: 'named_transformation',
        subjectId: name,
        ...(before ? { before: { transformation: before.transformation, metadata: before.metadata } } : {}),
        after: { transformation, metadata },
      });
      const made = await repository.findNamed(inner, name);
      if (!made) throw new Error('the transformation just written is not there');
      return presentNamed(made);
    });
  }

  /** From then on URLs with the name are refused. @throws not_found */
  async removeNamed(ctx: Ctx, name: string): Promise<void> {
    onlyAdmin(ctx);
    await this.change(ctx, async (inner) => {
      const { repository, audit } = this.deps;
      const before = await repository.findNamed(inner, name);
      if (!before || !(await repository.deleteNamed(inner, name))) throw notFound();
      await audit.record(inner, {
        action: 'named_transformation.deleted',
        subjectKind: 'named_transformation',
        subjectId: name,
        before: { transformation: before.transformation },
      });
    });
  }

  async settings(ctx: Ctx): Promise<DeliverySettingsDto> {
    return { metadata: (await this.deps.repository.setting(ctx))?.metadata ?? DEFAULT_METADATA };
  }

  /** What addresses give from then on, also those that are out there. @throws not_found for who may not */
  async putSettings(ctx: Ctx, after: DeliverySettingsDto): Promise<DeliverySettingsDto> {
    onlyAdmin(ctx);
    return this.change(ctx, async (inner) => {
      const before = await this.settings(inner);
      await this.deps.repository.putSetting(inner, after.metadata);
      // Also of addresses that name a version, which a CDN keeps until it is told; names have no such addresses.
      if (after.metadata !== before.metadata) await this.deps.onPolicy(inner);
      await this.deps.audit.record(inner, {
        action: 'delivery_settings.updated',
        subjectKind: 'workspace',
        subjectId: inner.workspaceId,
        before: { ...before },
        after: { ...after },
      });
      return after;
    });
  }

  async listKeys(ctx: Ctx): Promise<{ items: SigningKeyDto[] }> {
    onlyAdmin(ctx);
    return { items: (await this.deps.repository.listKeys(ctx)).map(presentKey) };
  }

  /** The secret is in this answer only. */
  async createKey(ctx: Ctx, input: { name: string; secret?: string | undefined }): Promise<{ secret: string; signingKey: SigningKeyDto }> {
    onlyAdmin(ctx);
    const secret = input.secret ?? `private_${randomBytes(24).toString('base64url')}`;
    return this.change(ctx, async (inner) => {
      const { repository, audit, sealKey } = this.deps;
      if ((await repository.listKeys(inner)).length >= MAX_KEYS) throw conflict(`There are ${MAX_KEYS} signing keys; revoke one.`);
      const row = await repository.insertKey(inner, { id: newId(), name: input.name, secretEncrypted: seal(sealKey, secret) });
      await audit.record(inner, {
        action: 'signing_key.created',
        subjectKind: 'signing_key',
        subjectId: row.id,
        after: { name: row.name, brought: input.secret !== undefined },
      });
      return { secret, signingKey: presentKey(row) };
    });
  }

  /** @throws not_found */
  async setKeyState(ctx: Ctx, id: string, state: 'active' | 'verify_only' | 'revoked'): Promise<SigningKeyDto> {
    onlyAdmin(ctx);
    return this.change(ctx, async (inner) => {
      const row = await this.deps.repository.setKeyState(inner, id, state);
      if (!row) throw notFound();
      const action = state === 'revoked' ? 'signing_key.revoked' : 'signing_key.updated';
      await this.deps.audit.record(inner, { action, subjectKind: 'signing_key', subjectId: id, after: { state } });
      return presentKey(row);
    });
  }

  /** In one transaction; when it is over, this process knows, and the others are told. */
  private async change<T>(ctx: Ctx, work: (ctx: Ctx) => Promise<T>): Promise<T> {
    const { transactions, notifications, settings } = this.deps;
    const result = await transactions.run(ctx, async (inner) => {
      const made = await work(inner);
      await notifications.notify(inner, ENDPOINT_CHANGED, ctx.workspaceId);
      return made;
    });
    // It is committed: should reading it fail here, the notification has it read again.
    await settings.load(ctx.workspaceId).catch(() => undefined);
    return result;
  }
}

/** Who may not manage is not told that there is something. */
function onlyAdmin(ctx: Ctx): void {
  if (ctx.actor.role !== 'admin') throw notFound();
}

/** The text without a leading `tr:`, when every word of it is understood. */
function checked(text: string): string {
  try {
    const steps = parseTransformation(text);
    if (usesNames(steps)) throw badTransformation({ detail: 'A named transformation cannot use another one.' });
    const recipe = readSteps(steps, { strict: true });
    if (recipe.original) throw badTransformation({ detail: 'orig-true is not a transformation.' });
    if (recipe.plain) throw badTransformation({ detail: 'It says nothing.' });
  } catch (error) {
    if (error instanceof TransformationError) throw badTransformation({ detail: error.message, extra: error.extra });
    throw error;
  }
  return text.replace(/^tr:/, '');
}
