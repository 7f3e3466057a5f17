import { z } from 'zod';
import { SCOPES } from '../../../context.ts';
import { fieldsSchema, roleKeySchema } from './roles.schema.ts';

const roleSchema = z.string().meta({ description: 'The key of a role, see `/roles`.' });

export const settingsSchema = z.object({
  timeZone: z.string(),
  currency: z.string().length(3),
  locale: z.string(),
  fiscalYearStart: z.number().int().min(1).max(12).meta({ description: 'Month in which the fiscal year begins.' }),
});

const usageSchema = z.object({ usedBytes: z.number().int(), limitBytes: z.number().int().nullable() });

export const workspaceSchema = z
  .object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    settings: settingsSchema,
    quota: usageSchema,
    personQuotaBytes: z.number().int().nullable().meta({ description: 'Default quota of a person; null = none.' }),
  })
  .meta({ id: 'Workspace' });

export const workspacePatchSchema = z.strictObject({
  name: z.string().min(1).max(200).optional(),
  settings: settingsSchema.partial().strict().optional(),
  quotaBytes: z.number().int().min(0).nullable().optional(),
  personQuotaBytes: z.number().int().min(0).nullable().optional(),
});

export const meSchema = z
  .object({
    user: z.object({ id: z.string(), name: z.string(), email: z.string() }).nullable(),
    apiKey: z.object({ id: z.string(), name: z.string(), scopes: z.array(z.enum(SCOPES)) }).nullable(),
    role: roleSchema,
    hasPassword: z.boolean(),
    workspace: workspaceSchema,
    workspaces: z.array(z.object({ id: z.uuid(), slug: z.string(), name: z.string() })),
    quota: usageSchema,
    verbs: z.array(z.string()).meta({ description: 'What one may do at the workspace root.' }),
    somewhere: z.array(z.string()).meta({ description: 'What one may do in one folder at least, by the role or by a grant.' }),
    fields: fieldsSchema.meta({ description: 'Classes of metadata fields that the role sees, and those that it may fill.' }),
    limits: z.object({ uploadMaxBytes: z.number().int() }),
  })
  .meta({ id: 'Me' });

export const profilePatchSchema = z.strictObject({ name: z.string().trim().min(1).max(200) });
export const passwordSchema = z.strictObject({
  newPassword: z.string().min(10).max(200),
  currentPassword: z.string().max(200).optional().meta({ description: 'Needed once a password exists.' }),
});

export const memberSchema = z
  .object({ userId: z.string(), name: z.string(), email: z.string(), role: roleSchema, quota: usageSchema, createdAt: z.iso.datetime() })
  .meta({ id: 'Member' });
export const memberListSchema = z.object({ items: z.array(memberSchema) });
export const memberCreateSchema = z.strictObject({
  email: z.email().max(320),
  name: z.string().trim().min(1).max(200),
  role: roleKeySchema.meta({ description: 'The key of a role, see `/roles`. Nobody gives one that may do more than they may.' }),
  password: z.string().min(10).max(200).optional().meta({ description: 'Without one, the answer carries a one-time sign-in link.' }),
});
export const memberCreatedSchema = z.object({ member: memberSchema, signInLink: z.string().nullable() });
export const memberPatchSchema = z.strictObject({
  role: roleKeySchema.optional(),
  quotaBytes: z.number().int().min(0).nullable().optional(),
});

export const apiKeySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string().meta({ description: 'First characters, to recognise the key by.' }),
    scopes: z.array(z.enum(SCOPES)),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ApiKey' });
export const apiKeyListSchema = z.object({ items: z.array(apiKeySchema) });
export const apiKeyCreateSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  scopes: z.array(z.enum(SCOPES)).min(1),
  expiresAt: z.iso.datetime({ offset: true }).nullable().optional(),
});
export const apiKeyCreatedSchema = z.object({ key: z.string().meta({ description: 'Shown only once.' }), apiKey: apiKeySchema });

export type WorkspaceDto = z.infer<typeof workspaceSchema>;
export type ApiKeyDto = z.infer<typeof apiKeySchema>;
export type MeDto = z.infer<typeof meSchema>;
export type MemberDto = z.infer<typeof memberSchema>;
export type WorkspacePatch = z.infer<typeof workspacePatchSchema>;
