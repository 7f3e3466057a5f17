import { z } from 'zod';

export const {{item}}Schema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    rowVersion: z.number().int(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: '{{Item}}' });

export const {{item}}ListSchema = z.object({ items: z.array({{item}}Schema), nextCursor: z.string().nullable() });

export const {{item}}Query = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.uuid().optional(),
});

export const {{item}}CreateSchema = z.strictObject({ name: z.string().trim().min(1).max(255) });

export type {{Item}}Dto = z.infer<typeof {{item}}Schema>;
