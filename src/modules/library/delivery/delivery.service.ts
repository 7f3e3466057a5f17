import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ANONYMOUS, type Clock, type Ctx } from '../../../context.ts';
import type { Log } from '../../../platform/log.ts';
import type { Media } from '../../../platform/media/media.ts';
import type { Storage } from '../../../platform/storage/storage.ts';
import { accepts, type Hints, type MetadataPolicy, type Recipe } from '../renditions/index.ts';
import type { StillAdmission } from './delivery.admission.ts';
import { DeliveryError, sendRefusal } from './delivery.answers.ts';
import { type ChoiceOptions, choose } from './delivery.choice.ts';
import type { Decisions } from './delivery.decisions.ts';
import { type Found, type FoundLayers, findAsset, findLayers } from './delivery.find.ts';
import { savesData } from './delivery.headers.ts';
import { type Credential, credentialOf, givesStored, policyFor, together } from './delivery.gate.ts';
import type { HotTable } from './delivery.hot.ts';
import { findFiles } from './films.files.ts';
import { acceptsWebm, filmRequest, filmWish } from './films.request.ts';
import { sendFilm } from './films.send.ts';
import type { FilmLookup } from './films.lookup.ts';
import { STREAM_PREFIX, Streams } from './films.streams.ts';
import { countWhenSent, type UsageCount } from './usage.count.ts';
import type { DeliveryAsset, Endpoint, Endpoints, DeliverySettings, PreviewAccess } from './delivery.lookup.ts';
import type { Derivative, Maker } from './delivery.maker.ts';
import { Recipes } from './delivery.recipes.ts';
import { strangerOf } from './delivery.strangers.ts';
import { toRefusal } from './delivery.refusal.ts';
import { type Made, type Reply, type Shared, sendDerivative, sendOptions, sendOriginal, sendPreparing } from './delivery.send.ts';
import { type DeliveryUrl, parseDeliveryUrl, splitTarget } from './delivery.url.ts';

export interface DeliveryDeps {
  readonly endpoints: Endpoints;
  readonly decisions: Decisions;
  readonly access: PreviewAccess;
  readonly settings: DeliverySettings;
  readonly maker: Maker;
  readonly stills: StillAdmission;
  readonly hot: HotTable;
  readonly films: FilmLookup;
  readonly usage: UsageCount;
  readonly storage: Storage;
  readonly tokenKey: Buffer;
  readonly clock: Clock;
  readonly log: Log;
  /** Unknown parameters are refused, not ignored. */
  readonly strict: boolean;
  /** `f-auto` may choose AVIF. */
  readonly avif: boolean;
  /** `Save-Data: on` lowers a quality that nobody named. */
  readonly saveData: boolean;
  /** A CDN is told of every change. */
  readonly purged: boolean;
  readonly media: Pick<Media, 'copiesTags'>;
}

const never = new AbortController().signal;
const NO_LAYERS = { inputs: [], fonts: [] };

function hint(value: string | string[] | undefined): number | null {
  const number = Number(value);
  return typeof value === 'string' && Number.isFinite(number) && number > 0 && number <= 16_384 ? number : null;
}

/** Only what the recipe asks for: nothing else may change the answer. */
function hintsOf(req: IncomingMessage, { hints }: Recipe): Hints {
  return {
    width: hints.includes('width') ? hint(req.headers['sec-ch-width']) : null,
    dpr: hints.includes('dpr') ? hint(req.headers['sec-ch-dpr']) : null,
  };
}

/** No tag names the key that signed: who revokes it must not wait until a CDN forgets. */
const signed = (credential: Credential): boolean => credential.kind === 'signature';

/** One delivery request from raw URL to bytes, in the order of decisions 3. */
export class DeliveryService {
  private readonly deps: DeliveryDeps;
  private readonly recipes: Recipes;
  private readonly streams: Streams;

  constructor(deps: DeliveryDeps) {
    this.deps = deps;
    this.streams = new Streams(deps);
    this.recipes = new Recipes(deps.settings, deps.strict);
  }

  /**
   * Answers a request below a delivery mount.
   * @param rawTarget the request target as received, never decoded
   * @returns false when no mount begins this path (nothing was answered)
   */
  async handle(rawTarget: string, req: IncomingMessage, res: ServerResponse): Promise<boolean> {
    const endpoint = this.deps.endpoints.match(splitTarget(rawTarget).path);
    if (!endpoint) return false;
    try {
      await this.answer(endpoint, rawTarget, req, res);
    } catch (error) {
      const refusal = toRefusal(error);
      if (refusal.code === 'EINTERNAL') this.deps.log.error({ err: error }, 'delivery failed');
      if (!res.headersSent) sendRefusal(res, refusal, req.method === 'HEAD');
      else res.destroy();
    }
    return true;
  }

  /** @param made bytes that took longer than the decision about them may be trusted: it is taken anew, they are not made again */
  private async answer(
    endpoint: Endpoint,
    rawTarget: string,
    req: IncomingMessage,
    res: ServerResponse,
    made: Made | null = null,
  ): Promise<void> {
    if (req.method === 'OPTIONS') return sendOptions(res);
    if (req.method !== 'GET' && req.method !== 'HEAD') throw new DeliveryError('EMETHOD', undefined, {}, { Allow: 'GET, HEAD, OPTIONS' });
    const { clock, endpoints, tokenKey } = this.deps;
    const ctx: Ctx = { actor: ANONYMOUS, workspaceId: endpoint.workspaceId, requestId: randomUUID(), signal: never, clock };
    const rest = rawTarget.slice(endpoint.mount.length);
    if (rest.startsWith(STREAM_PREFIX)) return this.streams.answer(ctx, endpoint, splitTarget(rest).path, req, res);
    const url = parseDeliveryUrl(rest);
    const token = 'problem' in url ? null : url.token;
    // A bad signature is refused before the rest of the URL is judged.
    const credential = credentialOf(ctx, endpoint, rest, token, { signing: endpoints.signingKeys(endpoint.workspaceId), token: tokenKey });
    if ('problem' in url) {
      throw url.problem === 'ENOENT'
        ? new DeliveryError('ENOENT')
        : new DeliveryError(url.problem, url.message, { parameter: url.parameter });
    }
    const { steps, recipe, metadata, fixed: same } = this.recipes.read(endpoint, credential, url);
    const found = await findAsset(this.deps, ctx, credential, { ...url, steps, recipe });
    const fixed = same && !found.decision.asset.formerly;
    const wish = filmWish(url, found.decision.asset, recipe);
    // What people see in the app is no delivery.
    if (credential.kind !== 'token' && !made) countWhenSent(this.deps.usage, res, found.decision.asset.assetId);
    const layers = await findLayers(this.deps, ctx, credential, recipe.original ? NO_LAYERS : recipe, isPreparing);
    if (wish) {
      made?.free();
      return this.sendFilm(wish, { ctx, req, res, endpoint, url, recipe, fixed, credential, found, layers });
    }
    const again = made ? null : (bytes: Made) => this.answer(endpoint, rawTarget, req, res, bytes);
    await this.send({ ctx, req, res, rawTarget, url, recipe, metadata, fixed, credential, found, layers, made, again });
  }

  /** A film in preparation answers 202, never the original (decisions 3). */
  private async sendFilm(
    wish: NonNullable<ReturnType<typeof filmWish>>,
    request: Pick<Parameters<typeof sendFilm>[1], 'ctx' | 'req' | 'res' | 'endpoint' | 'url' | 'recipe' | 'fixed' | 'credential'> & {
      found: Found;
      layers: FoundLayers;
    },
  ): Promise<void> {
    const { ctx, req, res, recipe, credential, found, layers } = request;
    const { asset } = found.decision;
    if (recipe.fonts.length > 0) throw new DeliveryError('EUNSUPPORTED', 'ff with a font file is for pictures', { parameter: 'ff' });
    // What stands in for a missing film is a picture.
    if (found.standsIn && asset.kind !== 'video') throw new DeliveryError('ENOENT');
    const early = asset.processing && asset.probe.demuxers === undefined && asset.mime !== 'image/gif';
    const { files, grants, preparing } = await findFiles(this.deps, ctx, credential, recipe.files);
    if (early || layers.preparing || preparing) return sendPreparing(res);
    const { pictures } = layers;
    const { saveData, purged } = this.deps;
    const thrifty = saveData && savesData(req.headers['save-data']);
    const options = { hints: hintsOf(req, recipe), acceptsWebm: acceptsWebm(req.headers.accept), thrifty, pictures, files };
    await sendFilm(
      this.deps,
      {
        ...request,
        saveData,
        purged: purged && !signed(credential),
        asset,
        standsIn: found.standsIn,
        freshUntil: found.decision.freshUntil,
        laid: [...pictures, ...files].map((each) => each.asset),
        grant: together([found.grant, ...layers.grants, ...grants]),
      },
      filmRequest(wish, asset, recipe, options),
    );
  }

  /** A name of its own for what has no metadata because ExifTool cannot run: with perl it is made anew. */
  private async possible(policy: MetadataPolicy): Promise<MetadataPolicy> {
    return policy === 'all' && !(await this.deps.media.copiesTags()) ? 'rights' : policy;
  }

  private async send(request: {
    ctx: Ctx;
    req: IncomingMessage;
    res: ServerResponse;
    rawTarget: string;
    url: DeliveryUrl;
    recipe: Recipe;
    metadata: MetadataPolicy;
    fixed: boolean;
    credential: Credential;
    found: Found;
    layers: FoundLayers;
    made: Made | null;
    again: Reply['again'];
  }): Promise<void> {
    const { ctx, req, res, url, recipe, fixed, credential, found, layers, made, again } = request;
    const { access } = this.deps;
    const { decision, standsIn } = found;
    const { asset } = decision;
    const options: ChoiceOptions = {
      accept: accepts(req.headers.accept),
      hints: hintsOf(req, recipe),
      avif: this.deps.avif,
      thrifty: this.deps.saveData && savesData(req.headers['save-data']),
      still: url.still,
      metadata: await policyFor(ctx, credential, asset, await this.possible(request.metadata), access),
      layers: layers.pictures,
      fonts: layers.fonts,
    };
    if ((isPreparing(asset) || layers.preparing) && !recipe.original) return sendPreparing(res);
    const choice = choose(asset, recipe, options);
    // Of a policy only what may be had is left by now: it is the address that asks.
    const tags = choice.kind === 'derivative' && choice.derivative.tagsFrom !== null;
    if (tags && !(await givesStored(ctx, credential, asset, access))) throw new DeliveryError('EORIGINAL');
    const grant = together([found.grant, ...layers.grants]);
    const reply: Reply = {
      ctx,
      req,
      res,
      asset,
      layers: [...layers.pictures.map((picture) => picture.asset), ...layers.fonts],
      url,
      recipe,
      grant,
      hints: options.hints,
      standsIn,
      pinned: url.version !== null && fixed && !standsIn,
      purged: this.deps.purged && !signed(credential),
      saveData: this.deps.saveData,
      freshUntil: Math.min(decision.freshUntil, layers.freshUntil),
      again,
    };
    if (choice.kind === 'original') {
      if (!(await givesStored(ctx, credential, asset, access))) throw new DeliveryError('EORIGINAL');
      made?.free();
      return sendOriginal(reply, this.deps.storage);
    }
    // Answers that hold for everybody who sends this URL, as long as the decision does.
    const simple = recipe.hints.length + recipe.inputs.length + recipe.fonts.length === 0 && !standsIn;
    const shares = simple && credential.kind === 'none' && req.method === 'GET' && req.headers.range === undefined;
    const { hot, maker, stills } = this.deps;
    const stranger = choice.derivative.drawn ? strangerOf(credential, req) : null;
    const making = stranger === null ? maker : { get: (ctx: Ctx, what: Derivative) => stills.get(ctx, what, stranger) };
    const shared: Shared | null = shares
      ? {
          expect: (decided) => {
            const { keep, free } = hot.expect(request.rawTarget, req.headers, decided, asset.assetId);
            return { keep: (answer) => keep({ ...answer, freshUntil: decision.freshUntil }), free };
          },
        }
      : null;
    const have = made?.key === choice.derivative.key ? { get: async () => made.bytes } : making;
    await sendDerivative(reply, choice.derivative, choice.planned, have, shared);
  }
}

/** Ingest goes on and no picture of it exists yet: neither the original nor a refusal is the right answer. */
function isPreparing(asset: DeliveryAsset): boolean {
  return asset.processing && !asset.still && !asset.mezzanine && (asset.width === null || asset.kind !== 'image');
}
