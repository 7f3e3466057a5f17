import { type GrantRow, type Step, verbsOf } from '../../core/permissions/index.ts';
import type { AclPlace } from './folder-access.repository.ts';
import type { ExplanationDto, GrantDto } from './folder-access.schema.ts';

/** Where acls hang, as far as the asker may know. */
export type Places = ReadonlyMap<string, AclPlace>;

export function toGrant(row: GrantRow, context: { places: Places; ownAcl: string | null; now: Date }): GrantDto {
  return {
    id: row.id,
    principal: { ...row.principal, name: row.principalName },
    effect: row.effect,
    verbs: verbsOf(row.verbs),
    until: row.until?.toISOString() ?? null,
    active: row.until === null || row.until > context.now,
    inherited: row.aclId !== context.ownAcl,
    place: placeOf(context.places, row.aclId),
    createdAt: row.createdAt.toISOString(),
  };
}

export function toStep(step: Step, context: { places: Places; now: Date }): ExplanationDto['steps'][number] {
  if (step.step === 'grant') {
    const { inherited: _inherited, ...grant } = toGrant(step.grant, { ...context, ownAcl: null });
    return { step: 'grant', decides: step.decides, grant };
  }
  if (step.step === 'inheritance_broken') return { step: step.step, place: placeOf(context.places, step.aclId) };
  return step.step === 'scopes' ? { ...step, scopes: [...step.scopes] } : step;
}

function placeOf(places: Places, aclId: string): GrantDto['place'] {
  const place = places.get(aclId);
  return place ? { folderId: place.folderId, path: place.path } : null;
}
