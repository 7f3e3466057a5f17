import type { Ctx } from '../../../context.ts';
import { type MetadataPolicy, parseTransformation, printSteps, STANDARD_RECIPES, type Step } from '../renditions/index.ts';
import { DeliveryError } from './delivery.answers.ts';
import type { DeliveryAsset, Endpoint, PreviewAccess } from './delivery.lookup.ts';
import { checkSignature, type SigningKey } from './delivery.signature.ts';
import { type PreviewClaim, verifyToken } from './delivery.token.ts';
import type { FilmSuffix } from './delivery.url.ts';

/** Who gets bytes (decisions 3): first the credential, before any look-up; then the asset. */

export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'signature'; readonly expires: Date | null; readonly by: SigningKey }
  | { readonly kind: 'token'; readonly claim: PreviewClaim; readonly expires: Date };

const refuse = () => new DeliveryError('EUNAUTHORIZED');

/**
 * @param rest raw target below the mount
 * @throws DeliveryError EUNAUTHORIZED for a bad or expired signature or token, and for none where the endpoint wants one
 */
export function credentialOf(
  ctx: Ctx,
  endpoint: Endpoint,
  rest: string,
  token: string | null,
  secrets: { signing: readonly SigningKey[]; token: Buffer },
): Credential {
  const now = ctx.clock.now().getTime();
  const signature = checkSignature(rest, secrets.signing, now);
  if (signature.kind === 'refused') throw refuse();
  if (token !== null) {
    const claim = verifyToken(secrets.token, endpoint.workspaceId, token, now);
    if (!claim) throw refuse();
    return { kind: 'token', claim, expires: claim.expires };
  }
  if (signature.kind === 'valid') return { kind: 'signature', expires: signature.expires, by: signature.by };
  if (endpoint.mode === 'signed') throw refuse();
  return { kind: 'none' };
}

/** Under `presets`, a transformation must consist of named ones (or come with a credential of our own making). */
export function checkPresets(endpoint: Endpoint, credential: Credential, steps: readonly Step[]): void {
  if (endpoint.mode !== 'presets' || credential.kind !== 'none') return;
  const named = steps.every((step) => step.kind === 'items' && step.items.every((item) => item.kind === 'param' && item.key === 'n'));
  if (!named) throw new DeliveryError('EPRESET');
}

const CANONICAL = {
  thumbnail: printSteps(parseTransformation(STANDARD_RECIPES.thumbnail)),
  preview: printSteps(parseTransformation(STANDARD_RECIPES.preview)),
} as const;

/** What an answer may be cached as, when the asset may be had. */
export interface Grant {
  readonly private: boolean;
  readonly until: Date | null;
}

const earlier = (a: Date | null, b: Date | null): Date | null => (a && b ? (a < b ? a : b) : (a ?? b));

function isPublic(ctx: Ctx, { public: { now, until } }: DeliveryAsset): boolean {
  return now && !(until && until <= ctx.clock.now());
}

/**
 * Whether this credential gets this recipe of this asset; `film` is the suffix of its path. Missing, private, outside its window and trashed are one refusal.
 * @throws DeliveryError ENOENT
 */
export async function grantOf(
  ctx: Ctx,
  credential: Credential,
  asset: DeliveryAsset | null,
  steps: readonly Step[],
  access: PreviewAccess,
  film: FilmSuffix | null = null,
): Promise<Grant> {
  if (!asset || asset.trashed) throw new DeliveryError('ENOENT');
  if (credential.kind === 'signature') return { private: false, until: earlier(credential.expires, null) };
  if (credential.kind === 'token') {
    const { claim } = credential;
    // A thumbnail is a picture: the same words behind a suffix that asks for a film are another recipe.
    const named = claim.recipes === '*' || (film === null && CANONICAL[claim.recipes] === printSteps(steps));
    const allowed = named && claim.assetId === asset.assetId && (await access.mayPreview(ctx, claim.principal, asset));
    if (!allowed) throw new DeliveryError('ENOENT');
    return { private: true, until: credential.expires };
  }
  if (!isPublic(ctx, asset)) throw new DeliveryError('ENOENT');
  return { private: false, until: asset.public.until };
}

/**
 * Whether this credential, which gets renditions of the asset, gets the stored bytes too. A token says that its bearer may see; before the file is
 * public its release is not theirs, unless they may download it anyway.
 */
export async function givesStored(ctx: Ctx, credential: Credential, asset: DeliveryAsset, access: PreviewAccess): Promise<boolean> {
  if (!asset.releaseOriginal) return false;
  if (credential.kind !== 'token' || isPublic(ctx, asset)) return true;
  return access.mayDownload(ctx, credential.claim.principal, asset);
}

/** The pictures that ingest made for lists: nobody takes them anywhere. */
const ofPreview = (credential: Credential): boolean => credential.kind === 'token' && credential.claim.recipes !== '*';

/** A policy, unlike an address, asks for what this credential gets: all metadata is stored bytes too (decisions 3). */
export async function policyFor(
  ctx: Ctx,
  credential: Credential,
  asset: DeliveryAsset,
  policy: MetadataPolicy,
  access: PreviewAccess,
): Promise<MetadataPolicy> {
  if (ofPreview(credential)) return 'strip';
  return policy === 'all' && !(await givesStored(ctx, credential, asset, access)) ? 'rights' : policy;
}

/**
 * Whether this credential gets an asset that the transformation names beside its own: a signature covers it, the bearer of a token must be
 * allowed to see it themselves, everybody else gets what is public.
 * @throws DeliveryError ENOENT
 */
export async function grantReferenced(ctx: Ctx, credential: Credential, asset: DeliveryAsset, access: PreviewAccess): Promise<Grant> {
  if (credential.kind !== 'token') return grantOf(ctx, credential, asset, [], access);
  const { claim } = credential;
  const allowed = !asset.trashed && claim.recipes === '*' && (await access.mayPreview(ctx, claim.principal, asset));
  if (!allowed) throw new DeliveryError('ENOENT');
  return { private: true, until: credential.expires };
}

/** What all of them together allow. */
export function together(grants: readonly Grant[]): Grant {
  return grants.reduce((all, each) => ({ private: all.private || each.private, until: earlier(all.until, each.until) }), {
    private: false,
    until: null,
  });
}
