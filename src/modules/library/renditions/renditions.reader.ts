import { wantsFace } from './operations/focus.ts';
import { LATER_KEYS, OPERATIONS, OVERLAY_KEYS } from './operations/index.ts';
import { type Bound, PHASES } from './operations/operation.ts';
import { BY_FRAMING } from './operations/resize.ts';
import { parseTransformation } from './renditions.grammar.ts';
import { readWishes, VIDEO_KEYS, type VideoWishes } from './profiles/wishes.ts';
import { LAYER_KEYS, libraryPath, readLayer } from './renditions.layers.ts';
import { parsePages, type Selection } from './renditions.pages.ts';
import { badParameter, overLimit, TransformationError, unsupported } from './renditions.problem.ts';
import type { ItemStep, Param, Step } from './renditions.syntax.ts';
import type { LayerContext, LayerFile, LayerRecipe, RecipeStep } from './renditions.tree.ts';

/** From a syntax tree to checked operations: everything that can be said without knowing the asset. Pure. */

export interface Recipe {
  readonly steps: readonly RecipeStep[];
  /** `orig-true`: stored bytes, all else ignored. */
  readonly original: boolean;
  /** Nothing was asked for. */
  readonly plain: boolean;
  /** Keys nobody knows, in order of appearance. */
  readonly ignored: readonly string[];
  /** Client hints the answer varies on: `width`, `dpr`. */
  readonly hints: readonly string[];
  /** Whether the client's `Accept` decides about the format. */
  readonly negotiated: boolean;
  /** Library paths of the layers' pictures, each once. */
  readonly inputs: readonly string[];
  /** What is laid over a film and is no picture, each once. */
  readonly files: readonly LayerFile[];
  /** Library paths of the layers' typefaces, each once; texts name them by number. */
  readonly fonts: readonly string[];
  /** Library path of what is served when the asset is not to be had. */
  readonly defaultImage: string | null;
  /** 1-based; null = not said. */
  readonly page: number | null;
  /** Several layers of a PSD; null = not said. */
  readonly selection: Selection | null;
  /** `fo-face` stands somewhere: what answers it has to be told. */
  readonly face: boolean;
  /** What only films are asked for; null = nothing. */
  readonly video: VideoWishes | null;
  /** Where a person marked what is important decides (`fo-custom`): the same address may give other bytes tomorrow. */
  readonly framed: boolean;
  /** `f` as written outside conditions, the last one; null = not said. */
  readonly format: string | null;
}

/** Most layers of one transformation, at all depths together. */
const MAX_LAYERS = 12;

const KNOWN: ReadonlySet<string> = new Set(OPERATIONS.flatMap((operation) => operation.keys));
const ABOUT_DELIVERY: ReadonlySet<string> = new Set(OPERATIONS.filter(({ phase }) => phase === 'delivery').flatMap(({ keys }) => keys));
/** They are read before there is a size to compare. */
const UNCONDITIONAL = ['orig', 'di', 'pg'] as const;
/** Keys that may stand without a value: clients send them for "not set". */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['di']);

/** Said twice in one step it must be the same: whichever were taken, the other would be left out silently. */
function once(into: Record<string, string>, key: string, value: string): void {
  const before = into[key];
  if (before !== undefined && before !== value) {
    throw badParameter(key, `${key} stands twice in one step, as ${before.slice(0, 40)} and as ${value.slice(0, 40)}`);
  }
  into[key] = value;
}

function refuse(key: string): void {
  if (OVERLAY_KEYS.has(key)) throw badParameter(key, `${key} is the old overlay syntax; write a layer: l-image,i-<path>,l-end`);
  if (LATER_KEYS.has(key)) throw unsupported(key);
}

/** Operations in order of work: by phase, then as listed in the registry. */
const IN_ORDER = [...OPERATIONS].sort((a, b) => PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase));

function bind(known: Record<string, string>): Bound[] {
  return IN_ORDER.filter((operation) => operation.keys.some((key) => key in known)).map((operation) => operation.bind(known, badParameter));
}

interface Where {
  /** Parameters of the layer itself, which stand in its first step. */
  readonly own?: LayerContext;
  readonly inLayer?: boolean;
  readonly inBranch?: boolean;
}

/** Parameters of one step: of pictures, and of films alone. */
interface Said {
  readonly known: Record<string, string>;
  readonly film: Record<string, string>;
}

/** What is gathered while a tree is read. */
class Reading {
  readonly ignored = new Set<string>();
  readonly hints = new Set<string>();
  readonly inputs = new Set<string>();
  readonly files = new Map<string, LayerFile>();
  readonly fonts: string[] = [];
  readonly video: Record<string, string> = {};
  layers = 0;
  known = 0;
  original = false;
  framed = false;
  format: string | null = null;
  /** A branch may choose a format that the client's `Accept` decides. */
  branchNegotiates = false;
  defaultImage: string | null = null;
  page: number | null = null;
  selection: Selection | null = null;
  face = false;
  private readonly strict: boolean;

  constructor(strict: boolean) {
    this.strict = strict;
  }

  steps(steps: readonly Step[], where: Where = {}): RecipeStep[] {
    return steps.map((step, index) => {
      if (step.kind === 'items') return this.items(step, index === 0 ? (where.own ?? null) : null, where);
      // A branch is never where a layer says what it shows.
      const inside: Where = { inLayer: where.inLayer ?? false, inBranch: true };
      this.known += 1;
      return {
        kind: 'if',
        condition: step.condition,
        then: this.steps(step.then, inside),
        otherwise: this.steps(step.otherwise ?? [], inside),
      };
    });
  }

  /** `own` is set in the first step of a layer: there its parameters stand among those of operations. */
  private items(step: ItemStep, own: LayerContext | null, where: Where): RecipeStep {
    const known: Record<string, string> = {};
    const film: Record<string, string> = {};
    const layers: LayerRecipe[] = [];
    for (const item of step.items) {
      if (item.kind === 'param') this.param(item, own, { known, film }, where);
      else {
        this.layers += 1;
        if (this.layers > MAX_LAYERS) throw overLimit('layers', this.layers, MAX_LAYERS);
        const layer = readLayer(item, (inner, context) => this.steps(inner, { own: context, inLayer: true }));
        layers.push({ ...layer, source: this.numbered(layer.source) });
        this.file(layer, where);
      }
    }
    if (own?.trimmed && known.t === undefined) known.t = 'true';
    if (known.w === 'auto') this.hints.add('width');
    if (known.dpr === 'auto') this.hints.add('dpr');
    if (known.fo !== undefined && BY_FRAMING.has(known.fo)) this.framed = true;
    this.face ||= wantsFace(known.fo);
    if (!where.inLayer) this.note(known, where.inBranch ?? false);
    return { kind: 'items', ops: bind(known), layers };
  }

  /** The last one said counts; what is none was refused with its operation. */
  private pages(wanted: number | Selection | null): void {
    this.page = typeof wanted === 'number' ? wanted : null;
    this.selection = typeof wanted === 'number' ? null : wanted;
  }

  /** A typeface of the library by its number. */
  private numbered(source: LayerRecipe['source']): LayerRecipe['source'] {
    if (source.kind !== 'text' || typeof source.font === 'string' || 'file' in source.font) return source;
    const { path } = source.font;
    const known = this.fonts.indexOf(path);
    const file = known < 0 ? this.fonts.push(path) - 1 : known;
    return { ...source, font: { file } };
  }

  private param({ key, value }: Param, own: LayerContext | null, { known, film }: Said, where: Where): void {
    if (VIDEO_KEYS.has(key) && !where.inLayer) {
      once(film, key, value ?? '');
      this.film(key, value ?? '', where);
    } else if (own && (LAYER_KEYS.has(key) || own.keys.has(key))) {
      if (value === '') throw badParameter(key, `${key} has no value`);
      once(own.params, key, value ?? 'true');
    } else if (KNOWN.has(key)) {
      if (value === '' && MAY_BE_EMPTY.has(key)) return;
      if (value === '') throw badParameter(key, `${key} has no value`);
      once(known, key, value ?? 'true');
      // Where to look and what to do without is no wish for another picture.
      if (!ABOUT_DELIVERY.has(key)) this.known += 1;
    } else if (value !== '' || !LATER_KEYS.has(key)) {
      refuse(key);
      if (this.strict) throw badParameter(key.slice(0, 60), `${key.slice(0, 60)} is not a known parameter`);
      this.ignored.add(key);
    }
  }

  private file({ source }: LayerRecipe, { inLayer }: Where): void {
    if (source.kind === 'image') this.inputs.add(source.path);
    if (source.kind !== 'film' && source.kind !== 'subtitles') return;
    if (inLayer) throw unsupported(`${source.kind === 'film' ? 'l-video' : 'l-subtitles'} in a layer`);
    this.files.set(`${source.kind} ${source.path}`, { kind: source.kind, path: source.path });
  }

  private film(key: string, value: string, where: Where): void {
    if (value === '') throw badParameter(key, `${key} has no value`);
    if (where.inBranch) throw badParameter(key, `${key} cannot depend on a condition`);
    this.video[key] = value;
    this.known += 1;
  }

  /** What is said about the whole answer. */
  private note(known: Readonly<Record<string, string>>, branch: boolean): void {
    for (const key of UNCONDITIONAL) if (branch && key in known) throw badParameter(key, `${key} cannot depend on a condition`);
    if (known.orig === 'true') this.original = true;
    if (known.f !== undefined && !branch) this.format = known.f;
    if (known.f === 'auto' && branch) this.branchNegotiates = true;
    if (known.di !== undefined) this.defaultImage = libraryPath(known.di);
    if (known.pg !== undefined) this.pages(parsePages(known.pg));
  }
}

/**
 * Checks every parameter of a parsed chain, its layers and branches.
 * @throws TransformationError EPARAM for a bad value (or, when `strict`, an unknown key), EUNSUPPORTED for what is not made here, ELIMIT
 */
export function readSteps(steps: readonly Step[], options: { strict: boolean } = { strict: false }): Recipe {
  const reading = new Reading(options.strict);
  const read = reading.steps(steps);
  return {
    steps: read,
    original: reading.original,
    plain: reading.known === 0 && reading.layers === 0,
    ignored: [...reading.ignored],
    hints: [...reading.hints],
    negotiated: (reading.format ?? 'auto') === 'auto' || reading.branchNegotiates,
    inputs: [...reading.inputs],
    files: [...reading.files.values()],
    fonts: reading.fonts,
    defaultImage: reading.defaultImage,
    page: reading.page,
    selection: reading.selection,
    face: reading.face,
    video: readWishes(reading.video),
    framed: reading.framed,
    format: reading.format,
  };
}

/** Parses and reads a chain written by ourselves; throws a plain Error when it is not valid. */
export function readOwn(text: string): Recipe {
  try {
    return readSteps(parseTransformation(text), { strict: true });
  } catch (error) {
    throw error instanceof TransformationError ? new Error(`recipe ${text}: ${error.message}`) : error;
  }
}
