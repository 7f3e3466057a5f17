import { z } from 'zod';
import { uploadFieldsSchema } from '../assets/index.ts';

/** Requests and answers of uploads whose bytes go to the store. */

const sha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/i)
  .transform((hex) => hex.toLowerCase());

export const directWishSchema = z
  .object({
    name: z.string().min(1).max(5000).meta({ description: 'File name, as the asset is to be called.' }),
    folder: z.string().max(2000).default('/'),
    bytes: z.number().int().min(1).meta({ description: 'Exact length of the file.' }),
    sha256: z.optional(sha256Schema).meta({ description: 'Hex SHA-256 of the whole file; other bytes are refused at the end.' }),
    tags: z.array(z.string().max(100)).max(200).default([]),
    title: z.string().max(500).optional(),
    metadata: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]))
      .optional()
      .meta({ description: 'Metadata values by field.' }),
    publish: z.boolean().default(false),
    onConflict: uploadFieldsSchema.shape.onConflict,
    onDuplicate: uploadFieldsSchema.shape.onDuplicate,
  })
  .meta({ id: 'DirectUploadRequest' });

const addressedSchema = z
  .object({
    number: z.number().int().meta({ description: 'From 1 on.' }),
    url: z.url().meta({ description: 'PUT just this part here, without any credential of Damson. Secret: who has it may use it.' }),
    bytes: z.number().int().meta({ description: 'Length of this part; the store refuses another where it can.' }),
    etag: z.string().nullable().meta({ description: 'The store has this part already, with this tag; null = send it.' }),
  })
  .meta({ id: 'DirectUploadPart' });

export const directUploadSchema = z
  .object({
    id: z.uuid(),
    bytes: z.number().int(),
    partBytes: z.number().int().meta({ description: 'Length of every part but the last.' }),
    partCount: z.number().int(),
    parts: z.array(addressedSchema),
    next: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'First part that is not among these; ask for it with `from`. Null = these are the last.' }),
    expiresAt: z.iso.datetime().meta({ description: 'When these addresses end; ask for the parts again then.' }),
    uploadExpiresAt: z.iso.datetime().meta({ description: 'When the upload ends.' }),
  })
  .meta({ id: 'DirectUpload' });

export const directParams = z.object({ id: z.uuid() });

export const directPartsQuery = z.object({ from: z.coerce.number().int().min(1).default(1) });

export const directCompleteSchema = z
  .object({
    parts: z
      .array(z.object({ number: z.number().int().min(1), etag: z.string().min(1).max(200) }))
      .max(10_000)
      .meta({ description: 'Every part, with the `ETag` the store answered. Not looked at when an earlier call has joined them.' }),
    sha256: z.optional(sha256Schema).meta({ description: 'For those who know the SHA-256 of the file only now.' }),
  })
  .meta({ id: 'DirectUploadCompletion' });

export type DirectWish = z.infer<typeof directWishSchema>;
export type DirectUploadDto = z.infer<typeof directUploadSchema>;
export type DirectCompletion = z.infer<typeof directCompleteSchema>;
