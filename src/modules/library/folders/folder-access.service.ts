import type { Actor, Ctx } from '../../../context.ts';
import { conflict, invalidRequest, notFound } from '../../../errors.ts';
import { type Permissions, presetOf, type Principal, type Verb, verbsOf } from '../../core/permissions/index.ts';
import { type Places, toGrant, toStep } from './folder-access.dto.ts';
import type { FolderAccessRepository } from './folder-access.repository.ts';
import type { ExplainQuery, ExplanationDto, FolderAccessDto, GrantCreate, GrantPatch } from './folder-access.schema.ts';
import type { FolderRow, FoldersRepository } from './folders.repository.ts';
import type { FoldersService } from './folders.service.ts';

export interface FolderAccessDeps {
  readonly folders: FoldersService;
  readonly repository: FoldersRepository;
  readonly access: FolderAccessRepository;
  readonly permissions: Permissions;
  /** A member or key as they are now, past every cache; null when there is none. */
  actorNow(workspaceId: string, principal: { kind: string; id: string }): Promise<Actor | null>;
  /** Called in the transaction of every change, for open browsers. */
  onChanged(ctx: Ctx, folderId: string): Promise<void>;
}

/** Who may do what in a folder. Changes touch folders, acls and grants: no asset and no search document (decisions 4). */
export class FolderAccessService {
  readonly #deps: FolderAccessDeps;

  constructor(deps: FolderAccessDeps) {
    this.#deps = deps;
  }

  /** Needs `manage` there, as all changes do. Errors: 404. */
  async list(ctx: Ctx, id: string): Promise<FolderAccessDto> {
    return this.#read(ctx, await this.#deps.folders.resolve(ctx, id, 'manage'));
  }

  async #read(ctx: Ctx, folder: FolderRow): Promise<FolderAccessDto> {
    const chain = await this.#deps.permissions.grants.chain(ctx, folder.aclId);
    const own = await this.#isOwn(ctx, folder);
    const places = await this.#places(
      ctx,
      chain.map((link) => link.aclId),
    );
    const context = { places, ownAcl: own ? folder.aclId : null, now: ctx.clock.now() };
    const items = chain.flatMap((link) => link.grants).map((grant) => toGrant(grant, context));
    // What ended further up is of no interest here; one's own can be made to go on.
    return { inherits: !own || chain.length > 1, items: items.filter((grant) => grant.active || !grant.inherited) };
  }

  /** The first grant makes the folder a permission root. Errors: 404 also for a verb that one does not hold, or nobody of this id. */
  grant(ctx: Ctx, id: string, input: GrantCreate): Promise<FolderAccessDto> {
    return this.#change(ctx, id, async (inner, folder) => {
      const verbs = verbsIn(input);
      if (verbs === undefined) throw invalidRequest('Give either verbs or a preset.');
      await this.#deps.permissions.grants.mustExist(inner, input.principal);
      const aclId = await this.#ownAcl(inner, folder);
      const { principal, effect } = input;
      await this.#deps.permissions.grants.add(inner, { aclId, principal, verbs, effect, until: dateOf(input.until) ?? null });
    });
  }

  /** Changes one of the folder's own grants, not one that it inherits. Errors: 404. */
  update(ctx: Ctx, id: string, grantId: string, patch: GrantPatch): Promise<FolderAccessDto> {
    return this.#change(ctx, id, async (inner, folder) => {
      if (!(await this.#isOwn(inner, folder))) throw notFound();
      const { effect } = patch;
      await this.#deps.permissions.grants.update(inner, folder.aclId, grantId, {
        verbs: verbsIn(patch),
        effect,
        until: dateOf(patch.until),
      });
    });
  }

  /** Errors: 404, also for a grant that the folder inherits. */
  async remove(ctx: Ctx, id: string, grantId: string): Promise<void> {
    await this.#change(ctx, id, async (inner, folder) => {
      if (!(await this.#isOwn(inner, folder))) throw notFound();
      await this.#deps.permissions.grants.remove(inner, grantId, folder.aclId);
    });
  }

  /** Ends inheritance from above or lets it hold again. Errors: 404, 409 for the root folder. */
  setInheritance(ctx: Ctx, id: string, input: { inherits: boolean; keepGrants: boolean }): Promise<FolderAccessDto> {
    return this.#change(ctx, id, async (inner, folder) => {
      const { access, permissions } = this.#deps;
      const parentAcl = await access.parentAcl(inner, folder.id);
      if (parentAcl === null) throw conflict('There is nothing above the root folder.');
      if (!input.inherits) return permissions.grants.breakInheritance(inner, await this.#ownAcl(inner, folder), input.keepGrants);
      if (folder.aclId !== parentAcl) await permissions.grants.restoreInheritance(inner, folder.aclId, parentAcl);
    });
  }

  /** Why somebody may or may not do something in the folder. Errors: 404. */
  async explainFolder(ctx: Ctx, id: string, query: ExplainQuery): Promise<ExplanationDto> {
    const missing = 'There is no such folder.';
    const [folder] = await this.#deps.repository.byIds(ctx, [id]);
    if (!folder) throw notFound(missing);
    return this.explain(ctx, folder.aclId, query, { missing, createdBy: null });
  }

  /**
   * The same for a thing on an acl. About oneself whoever may read there may ask, about others who manages there.
   * @param thing what is said when it is missing, and who uploaded it: that person needs only `delete_own` to delete it
   */
  async explain(
    ctx: Ctx,
    aclId: string,
    query: ExplainQuery,
    thing: { missing: string; createdBy: string | null },
  ): Promise<ExplanationDto> {
    const { permissions } = this.#deps;
    if (query.user !== undefined && query.key !== undefined) throw invalidRequest('Ask about a user or about a key.');
    const asked = principalIn(query);
    const self = asked === null || (asked.kind === ctx.actor.kind && asked.id === ctx.actor.id);
    await permissions.authorizeAcls(ctx, self ? 'read' : 'manage', [aclId], thing.missing);
    const actor = self ? ctx.actor : await this.#deps.actorNow(ctx.workspaceId, asked);
    if (actor?.id == null) throw notFound('There is nobody of this id here.');
    const principal: Principal = { kind: actor.kind === 'api_key' ? 'api_key' : 'user', id: actor.id };
    let verb: Verb = query.verb;
    let explained = await permissions.explain(ctx, actor, verb, aclId);
    if (verb === 'delete' && !explained.allowed && thing.createdBy !== null && thing.createdBy === actor.userId) {
      const own = await permissions.explain(ctx, actor, 'delete_own', aclId);
      if (own.allowed) [verb, explained] = ['delete_own', own];
    }
    const { allowed, because, steps } = explained;
    const acls = steps.flatMap((step) =>
      step.step === 'grant' ? [step.grant.aclId] : step.step === 'inheritance_broken' ? [step.aclId] : [],
    );
    const context = { places: await this.#places(ctx, acls), now: ctx.clock.now() };
    const name = await permissions.grants.mustExist(ctx, principal);
    return { principal: { ...principal, name }, verb, allowed, because, steps: steps.map((step) => toStep(step, context)) };
  }

  /** One transaction, in which no folder of the workspace is moved; the answer is the folder's access after it. */
  async #change(ctx: Ctx, id: string, work: (ctx: Ctx, folder: FolderRow) => Promise<void>): Promise<FolderAccessDto> {
    const { folders, repository, permissions } = this.#deps;
    return permissions.change(ctx, async (inner) => {
      await repository.lockTree(inner);
      const folder = await folders.resolve(inner, id, 'manage');
      await work(inner, folder);
      await this.#deps.onChanged(inner, folder.id);
      // Whoever has just given their own rights away is still told what they did.
      const [after] = await repository.byIds(inner, [folder.id]);
      return this.#read(inner, after ?? folder);
    });
  }

  async #isOwn(ctx: Ctx, folder: FolderRow): Promise<boolean> {
    return (await this.#deps.access.parentAcl(ctx, folder.id)) !== folder.aclId;
  }

  /** The folder's own acl, made when it had its parent's: it takes what is below along, and acls further down hang under it. */
  async #ownAcl(ctx: Ctx, folder: FolderRow): Promise<string> {
    if (await this.#isOwn(ctx, folder)) return folder.aclId;
    const { repository, access, permissions } = this.#deps;
    await repository.lockBelow(ctx, folder.path);
    const made = await permissions.createAcl(ctx, { kind: 'folder', parentId: folder.aclId });
    const below = await access.aclsBelow(ctx, folder.id);
    await access.setAcl(ctx, folder.id, folder.aclId, made);
    await permissions.rehangAcls(ctx, below, folder.aclId, made);
    return made;
  }

  async #places(ctx: Ctx, aclIds: readonly string[]): Promise<Places> {
    const filter = await this.#deps.permissions.visible(ctx, 'list');
    const shown = filter.all ? aclIds : aclIds.filter((id) => filter.aclIds.includes(id));
    return new Map((await this.#deps.access.places(ctx, shown)).map((place) => [place.aclId, place]));
  }
}

/** Undefined when neither is given. */
function verbsIn(input: { verbs?: Verb[]; preset?: Parameters<typeof presetOf>[0] }): Verb[] | undefined {
  if (input.verbs !== undefined && input.preset !== undefined) throw invalidRequest('Give either verbs or a preset.');
  return input.preset === undefined ? input.verbs : verbsOf(presetOf(input.preset));
}

/** Null = never ends; undefined = as it is. */
function dateOf(until: string | null | undefined): Date | null | undefined {
  return typeof until === 'string' ? new Date(until) : until;
}

/** Whom a question is about; null = the asker. */
function principalIn(query: ExplainQuery): { kind: 'user' | 'api_key'; id: string } | null {
  if (query.user !== undefined) return { kind: 'user', id: query.user };
  return query.key === undefined ? null : { kind: 'api_key', id: query.key };
}
