import {
  expandNames,
  type MetadataPolicy,
  parseTransformation,
  type Recipe,
  readSteps,
  type Step,
  TransformationError,
  usesNames,
} from '../renditions/index.ts';
import { DeliveryError } from './delivery.answers.ts';
import { checkPresets, type Credential } from './delivery.gate.ts';
import type { DeliverySettings, Endpoint } from './delivery.lookup.ts';
import type { DeliveryUrl } from './delivery.url.ts';

/** Transformations of addresses, read once. */

const MAX_RECIPES = 2_000;
const MAX_KEPT_LENGTH = 1_000;

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

export interface Read {
  /** As written, names and all. */
  readonly steps: readonly Step[];
  readonly recipe: Recipe;
  /** What of the file's metadata goes with it when it does not say. */
  readonly metadata: MetadataPolicy;
  /** It means the same for ever: no names, no pictures but the asset's own, nothing that a person marked in it. */
  readonly fixed: boolean;
}

export class Recipes {
  private readonly known = new Map<string, Read>();
  private readonly settings: DeliverySettings;
  private readonly strict: boolean;

  /** @param strict unknown parameters are refused, not ignored */
  constructor(settings: DeliverySettings, strict: boolean) {
    this.settings = settings;
    this.strict = strict;
    settings.onChange(() => this.known.clear());
  }

  /** Parsed and checked transformations; the same texts come again and again. */
  read(endpoint: Endpoint, credential: Credential, url: DeliveryUrl): Read {
    const key = `${endpoint.workspaceId}\n${url.transformations.join('\n')}`;
    const known = this.known.get(key);
    const steps = known?.steps ?? parsed(endpoint, credential, url.transformations);
    checkPresets(endpoint, credential, steps);
    if (known) return known;
    const { steps: expanded, metadata } = this.expanded(endpoint, steps);
    const recipe = readSteps(expanded, { strict: this.strict });
    const read = {
      steps,
      recipe,
      metadata,
      fixed: recipe.inputs.length + recipe.files.length + recipe.fonts.length === 0 && !recipe.framed && !usesNames(steps),
    };
    // Long ones are nobody's daily address, and anybody can make them up.
    if (key.length <= MAX_KEPT_LENGTH) {
      if (this.known.size >= MAX_RECIPES) this.known.clear();
      this.known.set(key, read);
    }
    return read;
  }

  /** With what names stand for. Of several that say something about metadata the last one counts, as for the rest of the output. */
  private expanded({ workspaceId }: Endpoint, steps: readonly Step[]): { steps: readonly Step[]; metadata: MetadataPolicy } {
    const { settings } = this;
    let metadata = settings.metadata(workspaceId);
    if (!usesNames(steps)) return { steps, metadata };
    const expanded = expandNames(steps, (name) => {
      const named = settings.named(workspaceId, name);
      metadata = named?.metadata ?? metadata;
      return named && parseTransformation(named.transformation);
    });
    return { steps: expanded, metadata };
  }
}
