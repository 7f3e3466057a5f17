import { z } from 'zod';
import { SCOPES } from '../../../context.ts';
import { FIELD_CLASSES, VERBS } from '../permissions/index.ts';

/** The key of a built-in role or of one of the workspace's own. */
export const roleKeySchema = z.string().regex(/^[a-z][a-z0-9_-]{1,39}$/, 'two to forty of a-z, 0-9, _ and -, beginning with a letter');

const fieldClasses = z.array(z.enum(FIELD_CLASSES)).max(FIELD_CLASSES.length);
export const fieldsSchema = z.object({ visible: z.array(z.enum(FIELD_CLASSES)), editable: z.array(z.enum(FIELD_CLASSES)) });

export const roleSchema = z
  .object({
    key: z.string(),
    name: z.string(),
    builtIn: z.boolean(),
    verbs: z
      .array(z.enum(VERBS))
      .meta({ description: 'What it allows at the workspace root and, where inheritance is not broken, below.' }),
    scopes: z.array(z.enum(SCOPES)).meta({ description: 'What API keys of its people may have; follows from the verbs.' }),
    fields: fieldsSchema.meta({ description: 'Classes of metadata fields that its people see, and those that they may fill.' }),
    members: z.number().int().meta({ description: 'How many people have it.' }),
  })
  .meta({ id: 'Role' });
export const roleListSchema = z.object({ items: z.array(roleSchema) });

const rights = {
  name: z.string().trim().min(1).max(200),
  verbs: z.array(z.enum(VERBS)).max(VERBS.length),
  visible: fieldClasses,
  editable: fieldClasses,
};
export const roleCreateSchema = z.strictObject({
  key: roleKeySchema,
  name: rights.name,
  verbs: rights.verbs,
  visible: rights.visible.default(['public', 'internal']),
  editable: rights.editable.default([]),
});
export const rolePatchSchema = z.strictObject(rights).partial();

export type RoleDto = z.infer<typeof roleSchema>;
export type NewRole = z.infer<typeof roleCreateSchema>;
export type RolePatch = z.infer<typeof rolePatchSchema>;
