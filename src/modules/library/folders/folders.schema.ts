import { z } from 'zod';

export const folderSchema = z
  .object({
    id: z.uuid(),
    parentId: z.uuid().nullable(),
    name: z.string(),
    path: z.string(),
    assets: z.number().int().meta({ description: 'Assets directly inside, not in the trash.' }),
    folders: z.number().int().meta({ description: 'Folders directly inside.' }),
    rowVersion: z.number().int(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Folder' });

export const folderListSchema = z.object({ items: z.array(folderSchema), nextCursor: z.string().nullable() });

export const folderQuery = z.object({
  parent: z.string().max(2000).optional().meta({ description: 'Path or id of a folder; all folders when left out.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
  cursor: z.string().max(2000).optional(),
});

export const folderCreateSchema = z.strictObject({
  path: z.string().min(1).max(2000).meta({ description: 'Missing parents are created.' }),
});

export const folderPatchSchema = z.strictObject({
  name: z.string().min(1).max(255).optional(),
  parent: z.string().max(2000).optional().meta({ description: 'Path or id of the new parent.' }),
});

export const tagListSchema = z.object({
  items: z.array(z.object({ tag: z.string(), count: z.number().int() })),
});
export const tagQuery = z.object({ q: z.string().max(100).default(''), limit: z.coerce.number().int().min(1).max(100).default(20) });

export type FolderDto = z.infer<typeof folderSchema>;
