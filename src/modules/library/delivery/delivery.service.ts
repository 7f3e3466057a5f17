import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ANONYMOUS, type Clock, type Ctx } from '../../../context.ts';
import type { Log } from '../../../platform/log.ts';
import type { Storage } from '../../../platform/storage/storage.ts';
import {
  accepts,
  expandNames,
  type Hints,
  type MetadataPolicy,
  parseTransformation,
  type Recipe,
  readSteps,
  type Step,
  TransformationError,
  usesNames,
} from '../renditions/index.ts';
import { DeliveryError, sendRefusal } from './delivery.answers.ts';
import { type ChoiceOptions, choose } from './delivery.choice.ts';
import type { Decisions } from './delivery.decisions.ts';
import { type Found, type FoundLayers, findAsset, findLayers } from './delivery.find.ts';
import { savesData } from './delivery.headers.ts';
import { checkPresets, type Credential, credentialOf, givesStored, together } from './delivery.gate.ts';
import type { HotTable } from './delivery.hot.ts';
import { findFiles } from './films.files.ts';
import { acceptsWebm, filmRequest, filmWish } from './films.request.ts';
import { sendFilm } from './films.send.ts';
import type { FilmLookup } from './films.lookup.ts';
import { STREAM_PREFIX, Streams } from './films.streams.ts';
import { countWhenSent, type UsageCount } from './usage.count.ts';
import type { DeliveryAsset, Endpoint, Endpoints, DeliverySettings, PreviewAccess } from './delivery.lookup.ts';
import type { Maker } from './delivery.maker.ts';
import { toRefusal } from './delivery.refusal.ts';
import { type Made, type Reply, type Shared, sendDerivative, sendOptions, sendOriginal, sendPreparing } from './delivery.send.ts';
import { type DeliveryUrl, parseDeliveryUrl, splitTarget } from './delivery.url.ts';

export interface DeliveryDeps {
  readonly endpoints: Endpoints;
  readonly decisions: Decisions;
  readonly access: PreviewAccess;
  readonly settings: DeliverySettings;
  readonly maker: Maker;
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
}

const never = new AbortController().signal;
const NO_LAYERS = { inputs: [], fonts: [] };
const MAX_RECIPES = 2_000;
const MAX_KEPT_LENGTH = 1_000;

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

/** Where only names are allowed, what cannot even be read is no name. */
function parsed(endpoint: Endpoint, credential: Credential, texts: readonly string[]): Step[] {
  try {
    return texts.flatMap(parseTransformation);
  } catch (error) {
    if (error instanceof TransformationError && endpoint.mode === 'presets' && credential.kind === 'none')
      throw new DeliveryError('EPRESET');
    throw error;
  }
}

interface Read {
  /** As written, names and all. */
  readonly steps: readonly Step[];
  readonly recipe: Recipe;
  /** What of the file's metadata goes with it when it does not say. */
  readonly metadata: MetadataPolicy;
  /** It means the same for ever: no names, no pictures but the asset's own, nothing that a person marked in it. */
  readonly fixed: boolean;
}

/** One delivery request from raw URL to bytes, in the order of decisions 3. */
export class DeliveryService {
  private readonly deps: DeliveryDeps;
  private readonly recipes = new Map<string, Read>();
  private readonly streams: Streams;

  constructor(deps: DeliveryDeps) {
    this.deps = deps;
    this.streams = new Streams(deps);
    deps.settings.onChange(() => this.recipes.clear());
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
    const { steps, recipe, metadata, fixed: same } = this.read(endpoint, credential, url);
    const found = await findAsset(this.deps, ctx, credential, { ...url, steps, recipe });
    const fixed = same && !found.decision.asset.formerly;
    const wish = filmWish(url, found.decision.asset, recipe);
    // What people see in the app is no delivery.
    if (credential.kind !== 'token' && !made) countWhenSent(this.deps.usage, res, found.decision.asset.assetId);
    const layers = await findLayers(this.deps, ctx, credential, recipe.original ? NO_LAYERS : recipe, isPreparing);
    if (wish) return this.sendFilm(wish, { ctx, req, res, endpoint, url, recipe, fixed, credential, found, layers });
    const again = made ? null : (bytes: Made) => this.answer(endpoint, rawTarget, req, res, bytes);
    await this.send({ ctx, req, res, rawTarget, url, recipe, metadata, fixed, credential, found, layers, made, again });
  }

  /** Parsed and checked transformations; the same texts come again and again. */
  private read(endpoint: Endpoint, credential: Credential, url: DeliveryUrl): Read {
    const key = `${endpoint.workspaceId}\n${url.transformations.join('\n')}`;
    const known = this.recipes.get(key);
    const steps = known?.steps ?? parsed(endpoint, credential, url.transformations);
    checkPresets(endpoint, credential, steps);
    if (known) return known;
    const { steps: expanded, metadata } = this.expanded(endpoint, steps);
    const recipe = readSteps(expanded, { strict: this.deps.strict });
    const read = {
      steps,
      recipe,
      metadata,
      fixed: recipe.inputs.length + recipe.files.length + recipe.fonts.length === 0 && !recipe.framed && !usesNames(steps),
    };
    // Long ones are nobody's daily address, and anybody can make them up.
    if (key.length <= MAX_KEPT_LENGTH) {
      if (this.recipes.size >= MAX_RECIPES) this.recipes.clear();
      this.recipes.set(key, read);
    }
    return read;
  }

  /** With what names stand for. Of several that say something about metadata the last one counts, as for the rest of the output. */
  private expanded({ workspaceId }: Endpoint, steps: readonly Step[]): { steps: readonly Step[]; metadata: MetadataPolicy } {
    const { settings } = this.deps;
    let metadata = settings.metadata(workspaceId);
    if (!usesNames(steps)) return { steps, metadata };
    const expanded = expandNames(steps, (name) => {
      const named = settings.named(workspaceId, name);
      metadata = named?.metadata ?? metadata;
      return named && parseTransformation(named.transformation);
    });
    return { steps: expanded, metadata };
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
        purged,
        asset,
        standsIn: found.standsIn,
        laid: [...pictures, ...files].map((each) => each.asset),
        grant: together([found.grant, ...layers.grants, ...grants]),
      },
      filmRequest(wish, asset, recipe, options),
    );
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
    const { ctx, req, res, url, recipe, fixed, found, layers, made, again } = request;
    const { decision, standsIn } = found;
    const { asset } = decision;
    const options: ChoiceOptions = {
      accept: accepts(req.headers.accept),
      hints: hintsOf(req, recipe),
      avif: this.deps.avif,
      thrifty: this.deps.saveData && savesData(req.headers['save-data']),
      still: url.still,
      metadata: ofPreview(request.credential) ? 'strip' : request.metadata,
      layers: layers.pictures,
      fonts: layers.fonts,
    };
    if ((isPreparing(asset) || layers.preparing) && !recipe.original) return sendPreparing(res);
    const choice = choose(asset, recipe, options);
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
      // No tag names the key that signed: who revokes it must not wait for a year.
      purged: this.deps.purged && request.credential.kind !== 'signature',
      saveData: this.deps.saveData,
      freshUntil: Math.min(decision.freshUntil, layers.freshUntil),
      again,
    };
    if (choice.kind === 'original') {
      if (!(await givesStored(ctx, request.credential, asset, this.deps.access))) throw new DeliveryError('EORIGINAL');
      return sendOriginal(reply, this.deps.storage);
    }
    // Answers that hold for everybody who sends this URL, as long as the decision does.
    const simple = recipe.hints.length + recipe.inputs.length + recipe.fonts.length === 0 && !standsIn;
    const keep = simple && request.credential.kind === 'none' && req.method === 'GET';
    const { hot, maker } = this.deps;
    const shared: Shared | null = keep
      ? {
          expect: (decided) => hot.expect(request.rawTarget, req.headers, decided),
          keep: (decided, answer) => hot.keep(request.rawTarget, req.headers, decided, { ...answer, freshUntil: decision.freshUntil }),
        }
      : null;
    const have = made?.key === choice.derivative.key ? { get: async () => made.bytes } : maker;
    await sendDerivative(reply, choice.derivative, choice.planned, have, shared);
  }
}

/** The pictures that ingest made for lists: nobody takes them anywhere. */
const ofPreview = (credential: Credential): boolean => credential.kind === 'token' && credential.claim.recipes !== '*';

/** Ingest goes on and no picture of it exists yet: neither the original nor a refusal is the right answer. */
function isPreparing(asset: DeliveryAsset): boolean {
  return asset.processing && !asset.still && !asset.mezzanine && (asset.width === null || asset.kind !== 'image');
}
