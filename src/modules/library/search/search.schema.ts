import { z } from 'zod';

/** The query parameters of every list of assets (decisions 5). Values are read by `search.filters.ts`. */

/** Longest `q` in characters. */
export const MAX_QUERY = 256;
/** Most terms (words, phrases, fields) in `q`. */
export const MAX_TERMS = 20;
/** Most values of one field in one request. */
export const MAX_VALUES = 100;
/** Longest single value in characters. */
export const MAX_VALUE = 300;

const VALUE_TEXT = 2000;
const REPEATS = 20;

const text = (description: string, example: string) => z.string().max(VALUE_TEXT).optional().meta({ description, example });

/** `tags=a&tags=b` reaches us as an array, `tags=a` as a string. */
const repeatable = (description: string, example: string) =>
  z
    .union([z.string().max(VALUE_TEXT), z.array(z.string().max(VALUE_TEXT)).max(REPEATS)])
    .optional()
    .meta({ description, example });

export const searchParams = z.strictObject({
  q: z
    .string()
    .max(MAX_QUERY)
    .optional()
    .meta({
      description:
        'Words are AND-ed, the last also matches as a beginning; one typing error is forgiven from 4 letters, two from 8. ' +
        '"quotes" for phrases, -word and -field:value to exclude, field:value to filter: tag:logo, width:>=800, created:2026-01..2026-03, missing:licence.',
      example: 'sunset tag:beach -tag:draft width:>=800',
    }),
  kind: repeatable('image, video, audio, document, other; several: any of.', 'image,video'),
  type: repeatable('Media types or file extensions; several: any of.', 'jpg,image/png'),
  tags: repeatable('`a,b` has any of them; repeated has all of them.', 'logo,brand'),
  folder: repeatable('Path or id of a folder, with everything below it; several: any of.', '/campaigns/2026'),
  camera: repeatable('Camera model; several: any of.', 'Canon EOS R5'),
  colour: repeatable('Families of dominant colours; `a,b` any of, repeated all of.', 'blue,teal'),
  orientation: repeatable('landscape, portrait, square.', 'portrait'),
  year: repeatable('Year taken, else created; a list or a range.', '2024,2025'),
  status: repeatable('processing, ready, failed, quarantined.', 'ready'),
  published: repeatable('true or false.', 'true'),
  missing: repeatable('Fields that are empty: title, description, tags, licence, copyright, creator, alt; repeated: all of.', 'licence'),
  width: text('Pixels: 800, >=800, 800..1600, ..1600.', '>=800'),
  height: text('Pixels.', '>=600'),
  megapixels: text('Millions of pixels.', '>=12'),
  bytes: text('File size; units kb, mb, gb.', '<5mb'),
  duration: text('Seconds; units s, m, h.', '10..60'),
  created: text('UTC year, month, day or instant, or a range of them; both ends belong to it.', '2026-01..2026-03'),
  updated: text('Like created.', '>=2026-05-01'),
  taken: text('Like created.', '2025'),
  sort: z
    .enum(['relevance', '-relevance', 'created', '-created', 'updated', '-updated', 'name', '-name', 'bytes', '-bytes', 'taken', '-taken'])
    .optional()
    .meta({ description: '`-` is descending; relevance is always best first. Default: relevance with words, else -created.' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(2000).optional().meta({ description: '`nextCursor` of an answer to the same query.' }),
  facets: z.string().max(200).optional().meta({
    description: 'Comma list of kind, type, tags, folder, camera, colour, orientation, year, missing, status, published.',
    example: 'kind,tags',
  }),
  facetLimit: z.coerce.number().int().min(1).max(1000).default(50).meta({ description: 'Values per facet, most frequent first.' }),
});
export type SearchParams = z.infer<typeof searchParams>;

export const suggestParams = z.strictObject({
  q: z.string().min(1).max(100),
  limit: z.coerce.number().int().min(1).max(50).default(10),
});
export const suggestSchema = z.object({ items: z.array(z.string()) });
