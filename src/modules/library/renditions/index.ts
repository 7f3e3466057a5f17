import type { Storage } from '../../../platform/storage/storage.ts';
import { RenditionsRepository } from './renditions.repository.ts';
import { RenditionsService } from './renditions.service.ts';

export { OPERATIONS } from './operations/index.ts';
export type { Hints, OperationDoc } from './operations/operation.ts';
export type { Framing } from './renditions.framing.ts';
export { parseTransformation } from './renditions.grammar.ts';
export { expandNames, usesNames } from './renditions.named.ts';
export { type Accepts, accepts, type Outcome } from './renditions.negotiation.ts';
export { checkLayers } from './renditions.budget.ts';
export { evaluate } from './renditions.expression.ts';
export { METADATA_POLICIES, type MetadataPolicy } from './renditions.encode.ts';
export { lateFramings, type LayerInput } from './renditions.late.ts';
export { type Planned, planFor, type PlanSource, resumePlan } from './renditions.plan.ts';
export type { FilmFacts } from './profiles/film-facts.ts';
export { type FilmLayerFile, type FilmOptions, type PlannedFilm, planFilm } from './profiles/film.ts';
export { planLadder, planSprite } from './profiles/ladder.ts';
export { VIDEO_PARAMETERS } from './profiles/wishes.ts';
export { layersOf } from './renditions.pages.ts';
export { overLimit, TransformationError } from './renditions.problem.ts';
export { type Recipe, readSteps } from './renditions.reader.ts';
export type { LayerFile } from './renditions.tree.ts';
export {
  canonicalJson,
  CLIP_RECIPE,
  derivedKey,
  EXTENSIONS,
  etagOf,
  recipeHash,
  STANDARD_RECIPES,
  type StandardRecipe,
  stillHash,
  vectorHash,
} from './renditions.recipe.ts';
export { CLAIM_RELEASED, type RenditionRow } from './renditions.repository.ts';
export type { RenditionInfo, StandardPlan, VersionFacts } from './renditions.service.ts';
export { mezzaninePlan, onSmallest } from './renditions.source.ts';
export { printSteps, type Step } from './renditions.syntax.ts';

export type Renditions = RenditionsService;

export function createRenditions(deps: {
  dataSource: ConstructorParameters<typeof RenditionsRepository>[0];
  storage: Storage;
}): Renditions {
  return new RenditionsService(new RenditionsRepository(deps.dataSource), deps.storage);
}
