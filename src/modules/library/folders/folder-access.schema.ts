import { z } from 'zod';
import { BUILT_IN_ROLES, SCOPES } from '../../../context.ts';
import { BECAUSE, VERBS } from '../../core/permissions/index.ts';

const principalKind = z.enum(['user', 'group', 'api_key']);
const effect = z.enum(['allow', 'deny']);
const verb = z.enum(VERBS);
const until = z.iso.datetime({ offset: true }).nullable();

const placeSchema = z
  .object({ folderId: z.uuid(), path: z.string() })
  .nullable()
  .meta({ description: 'The folder it stands on; null for one that you may not list.' });

export const grantSchema = z
  .object({
    id: z.uuid(),
    principal: z.object({
      kind: z.string(),
      id: z.string(),
      name: z.string().nullable().meta({ description: 'Null for somebody who is gone.' }),
    }),
    effect,
    verbs: z.array(verb),
    until: z.iso.datetime().nullable(),
    active: z.boolean().meta({ description: 'False once `until` has passed.' }),
    inherited: z.boolean(),
    place: placeSchema,
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Grant' });

export const folderAccessSchema = z
  .object({
    inherits: z
      .boolean()
      .meta({ description: 'False at the root, and where inheritance is broken: roles and grants from above do not count.' }),
    items: z.array(grantSchema).meta({ description: 'The folder’s own grants, then those it inherits, nearest first.' }),
  })
  .meta({ id: 'FolderAccess' });

/** Verbs, or the name of a built-in role for the verbs it has now. */
const what = {
  verbs: z.array(verb).min(1).max(VERBS.length).optional(),
  preset: z.enum(BUILT_IN_ROLES).optional().meta({ description: 'In place of `verbs`: those of this role as it is now.' }),
};
export const grantCreateSchema = z.strictObject({
  principal: z.strictObject({ kind: principalKind, id: z.string().min(1).max(100) }),
  ...what,
  effect: effect.default('allow'),
  until: until.default(null).meta({ description: 'When it ends by itself; null = never.' }),
});
export const grantPatchSchema = z.strictObject({ ...what, effect: effect.optional(), until: until.optional() });

export const inheritanceSchema = z.strictObject({
  inherits: z.boolean(),
  keepGrants: z.boolean().default(false).meta({
    description: 'When inheritance ends: copy the grants from above. Denials from above stay in any case.',
  }),
});

export const explainQuery = z.object({
  verb,
  user: z.string().min(1).max(100).optional().meta({ description: 'About this member; oneself when neither is given.' }),
  key: z.uuid().optional().meta({ description: 'About this API key.' }),
});

const stepSchema = z.discriminatedUnion('step', [
  z.object({ step: z.literal('role'), role: z.string(), gives: z.boolean(), counts: z.boolean() }),
  z.object({ step: z.literal('grant'), decides: z.boolean(), grant: grantSchema.omit({ inherited: true }) }),
  z.object({ step: z.literal('inheritance_broken'), place: placeSchema }),
  z.object({ step: z.literal('scopes'), scopes: z.array(z.enum(SCOPES)), gives: z.boolean() }),
]);

export const explanationSchema = z
  .object({
    principal: z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() }),
    verb,
    allowed: z.boolean(),
    because: z.enum(BECAUSE),
    steps: z
      .array(stepSchema)
      .meta({ description: 'What speaks of it: the role, grants and denials, nearest first, a broken inheritance, a key’s scopes.' }),
  })
  .meta({ id: 'AccessExplanation' });

export type GrantDto = z.infer<typeof grantSchema>;
export type FolderAccessDto = z.infer<typeof folderAccessSchema>;
export type GrantCreate = z.infer<typeof grantCreateSchema>;
export type GrantPatch = z.infer<typeof grantPatchSchema>;
export type ExplainQuery = z.infer<typeof explainQuery>;
export type ExplanationDto = z.infer<typeof explanationSchema>;
