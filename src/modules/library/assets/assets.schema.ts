import { z } from 'zod';
import { VERBS } from '../../core/permissions/index.ts';

export const kindSchema = z.enum(['image', 'video', 'audio', 'document', 'other']);
export const statusSchema = z.enum(['processing', 'ready', 'failed', 'quarantined']);
export const conflictSchema = z.enum(['rename', 'version', 'fail']);
export const duplicateSchema = z.enum(['keep', 'skip', 'version']);

export const metadataValueSchema = z.object({
  value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
  source: z.enum(['embedded', 'person', 'rule', 'import', 'model']),
  at: z.iso.datetime(),
});

const publicationSchema = z.object({
  now: z.boolean().meta({ description: 'Served to anybody at this moment.' }),
  from: z.iso.datetime().nullable(),
  until: z.iso.datetime().nullable(),
  releaseOriginal: z.boolean().meta({ description: 'Publishing grants renditions; stored bytes only with this.' }),
});

const urlsSchema = z.object({
  delivery: z.string().meta({ description: 'Canonical public address; works while the asset is published.' }),
  versioned: z.string().meta({ description: 'Pinned to the current file version: safe to cache for long.' }),
  thumbnail: z.string().nullable(),
  preview: z.string().nullable(),
  original: z.string(),
});

const fraction = z.number().min(0).max(1);
const focalPointSchema = z
  .strictObject({ x: fraction, y: fraction })
  .meta({ description: 'What is in the middle of a cut as far as possible: fractions of the upright picture, from its top left corner.' });
const coordinatesSchema = z
  .string()
  .regex(/^\d{1,6},\d{1,6},\d{1,6},\d{1,6}$/)
  .meta({
    description: 'Crop as `x,y,width,height` in whole px of the upright picture. A new version of the file keeps it, in its proportions.',
  });

const previewSchema = z.object({
  state: z.enum(['pending', 'ready', 'none', 'failed']),
  reason: z.string().nullable(),
  detail: z.string().nullable(),
  clip: z.string().nullable().meta({ description: 'Address of the short web preview of a video or audio file.' }),
});

/** What lists and searches answer with. */
export const assetItemSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    title: z.string().nullable(),
    folder: z.string().meta({ description: 'Path of the folder, "/" is the root.' }),
    folderId: z.uuid(),
    status: statusSchema,
    failure: z.object({ code: z.string(), detail: z.string() }).nullable(),
    kind: kindSchema,
    mime: z.string(),
    bytes: z.number().int(),
    width: z.number().int().nullable(),
    height: z.number().int().nullable(),
    duration: z.number().nullable().meta({ description: 'Seconds.' }),
    pages: z.number().int().nullable(),
    hasAlpha: z.boolean().nullable(),
    tags: z.array(z.string()),
    colours: z.array(z.object({ hex: z.string(), name: z.string(), share: z.number() })),
    thumbhash: z.string().nullable().meta({ description: 'Base64.' }),
    preview: previewSchema,
    published: publicationSchema,
    urls: urlsSchema,
    version: z.number().int().meta({ description: 'Number of the current file version.' }),
    rowVersion: z.number().int().meta({ description: 'Send as If-Match: "<rowVersion>".' }),
    takenAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
    createdBy: z.object({ id: z.string(), name: z.string() }).nullable(),
    updatedAt: z.iso.datetime(),
    deletedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'AssetItem' });

export const renditionSchema = z.object({
  name: z.string().nullable().meta({ description: 'thumbnail, preview, mezzanine, mezzanine-half; null for derivatives made on demand.' }),
  mime: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  bytes: z.number().int(),
});

export const verbSchema = z.enum(VERBS);

/** One asset with all that is known about it. */
export const assetSchema = assetItemSchema
  .extend({
    urls: urlsSchema.extend({
      transform: z.string().nullable().meta({
        description:
          'Private address for any transformation: add `&tr=`. For the caller alone and for some hours; null while there is no picture.',
      }),
    }),
    sha256: z.string().length(64),
    originalName: z.string().meta({ description: 'The file name exactly as it was received.' }),
    description: z.string().nullable(),
    focalPoint: focalPointSchema.nullable(),
    customCoordinates: coordinatesSchema.nullable(),
    metadata: z.record(z.string(), metadataValueSchema),
    embedded: z.record(z.string(), z.unknown()).meta({ description: 'Every tag found in the file, `group:tag` to value.' }),
    probe: z.record(z.string(), z.unknown()),
    renditions: z.array(renditionSchema),
    duplicateOf: z.uuid().nullable(),
    verbs: z.array(verbSchema).meta({ description: 'What the caller may do with it.' }),
  })
  .meta({ id: 'Asset' });

export const versionListSchema = z
  .object({
    items: z.array(
      z.object({
        id: z.uuid(),
        number: z.number().int(),
        originalName: z.string(),
        mime: z.string(),
        bytes: z.number().int(),
        sha256: z.string().length(64),
        createdAt: z.iso.datetime(),
        current: z.boolean(),
      }),
    ),
    nextCursor: z.null(),
    total: z.object({ value: z.number().int(), relation: z.literal('eq') }),
  })
  .meta({ id: 'VersionList' });

const facetValues = z.array(z.object({ value: z.string(), count: z.number().int() }));

export const assetListSchema = z
  .object({
    items: z.array(assetItemSchema),
    nextCursor: z.string().nullable(),
    total: z.object({ value: z.number().int(), relation: z.enum(['eq', 'gte']) }),
    facets: z.record(z.string(), facetValues).optional(),
    corrections: z.record(z.string(), z.array(z.string())).optional().meta({ description: 'Words read as others.' }),
  })
  .meta({ id: 'AssetList' });

const tagsSchema = z.array(z.string().trim().min(1).max(100)).max(200);

/** Fields that a person may set; `metadata` values of null remove the person's value. */
export const assetPatchSchema = z
  .strictObject({
    name: z.string().min(1).max(1000).optional(),
    title: z.string().max(500).nullable().optional(),
    description: z.string().max(10_000).nullable().optional(),
    tags: tagsSchema.optional().meta({ description: 'Replaces all tags.' }),
    addTags: tagsSchema.optional(),
    removeTags: tagsSchema.optional(),
    focalPoint: focalPointSchema.nullable().optional(),
    customCoordinates: coordinatesSchema.nullable().optional(),
    folder: z.string().max(2000).optional().meta({ description: 'Moves the asset; the folder is created if missing.' }),
    metadata: z
      .record(
        z.string().max(100),
        z.union([z.string().max(10_000), z.number(), z.boolean(), z.array(z.string().max(1000)).max(200), z.null()]),
      )
      .optional(),
  })
  .meta({ id: 'AssetPatch' });

/** When, and how much, is public. What is left out stays as it is: publishing once more must not open an embargo. */
const publicationFields = {
  from: z.iso
    .datetime({ offset: true })
    .nullable()
    .optional()
    .meta({ description: 'Public from this time on; null = at once. Left out: as it was before.' }),
  until: z.iso
    .datetime({ offset: true })
    .nullable()
    .optional()
    .meta({ description: 'Public until this time; null = without end. Left out: as it was before.' }),
  releaseOriginal: z
    .boolean()
    .optional()
    .meta({ description: 'Whether stored bytes are public, too. Left out: as it was before; at first they are not.' }),
};

export const publishSchema = z.strictObject(publicationFields);

/** One action over many assets, as a job with per-item results and undo. */
export const bulkSchema = z
  .strictObject({
    action: z.enum(['addTags', 'removeTags', 'move', 'publish', 'unpublish', 'trash', 'restore', 'retry']),
    ids: z.array(z.uuid()).min(1).max(25_000),
    tags: tagsSchema.optional(),
    folder: z.string().max(2000).optional(),
    ...publicationFields,
  })
  .meta({
    id: 'BulkAction',
    description: 'Each action takes its own fields: tags for addTags and removeTags, folder for move, the last three for publish.',
  });

export const uploadFieldsSchema = z.object({
  folder: z.string().max(2000).default('/'),
  tags: z.string().max(5000).default(''),
  title: z.string().max(500).optional(),
  metadata: z.string().max(100_000).optional().meta({ description: 'JSON object of metadata values.' }),
  publish: z.enum(['true', 'false']).default('false'),
  onConflict: conflictSchema.default('rename'),
  onDuplicate: duplicateSchema.default('keep'),
});

export const uploadResultSchema = z
  .object({
    items: z.array(
      z.object({ status: z.number().int(), asset: assetSchema.optional(), problem: z.record(z.string(), z.unknown()).optional() }),
    ),
  })
  .meta({ id: 'UploadResult' });

export const idParams = z.object({ id: z.uuid() });

export type VersionListDto = z.infer<typeof versionListSchema>;
export type AssetItemDto = z.infer<typeof assetItemSchema>;
export type AssetDto = z.infer<typeof assetSchema>;
export type AssetPatch = z.infer<typeof assetPatchSchema>;
export type BulkAction = z.infer<typeof bulkSchema>;
export type Publish = z.infer<typeof publishSchema>;

export const deliveredQuery = z.object({
  days: z.coerce.number().int().min(1).max(400).default(30).meta({ description: 'How many days, today included.' }),
});

export const deliveredSchema = z
  .object({
    items: z.array(
      z.object({
        day: z.iso.date(),
        requests: z.int().meta({ description: 'Answers with bytes, or that they have not changed.' }),
        unchanged: z.int().meta({ description: 'Of these, answers without bytes (304).' }),
        bytes: z.int().meta({ description: 'Sent, headers included where they were counted with them.' }),
      }),
    ),
  })
  .meta({ id: 'AssetDeliveries' });
export type DeliveredDto = z.infer<typeof deliveredSchema>;
