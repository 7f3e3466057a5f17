import type { Actor, Ctx } from '../../../context.ts';
import type { GrantsRepository } from './grants.repository.ts';
import { explain, type Explanation } from './permissions.explain.ts';
import type { Verb } from './permissions.verbs.ts';

/** Reads what a decision follows from, past every cache. */
export class ExplainService {
  readonly #repository: GrantsRepository;

  constructor(repository: GrantsRepository) {
    this.#repository = repository;
  }

  /** Why `actor` may or may not do this on the acl; the caller has checked that it may ask. */
  async explain(ctx: Ctx, actor: Actor, verb: Verb, aclId: string): Promise<Explanation> {
    const chain = await this.#repository.chain(ctx, aclId);
    const groupIds = actor.userId === null ? [] : await this.#repository.groupsOf(ctx, actor.userId);
    const keyId = actor.kind === 'api_key' ? actor.id : null;
    return explain(actor, { userId: actor.userId, groupIds, keyId }, verb, chain, ctx.clock.now());
  }
}
