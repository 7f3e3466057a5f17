import { z } from 'zod';
import { METADATA_POLICIES } from '../renditions/index.ts';

/** Named transformations and signing keys in the API. */

const policy = z.enum(METADATA_POLICIES);
const POLICIES =
  '`strip`: nothing of it. `rights`: creator, copyright, credit, licence and digital source type. `all`: EXIF, IPTC and XMP without positions and serial numbers, of files that release their original; of others `rights`.';

export const deliverySettingsSchema = z
  .object({ metadata: policy.meta({ description: `How much of a file's metadata derivatives keep. ${POLICIES}` }) })
  .meta({ id: 'DeliverySettings' });

const nameText = z
  .string()
  .regex(/^[A-Za-z0-9_]{1,64}$/)
  .meta({ description: 'Letters, digits and `_`; as in `n-<name>`.' });

export const namedParams = z.object({ name: nameText });

export const namedBodySchema = z
  .object({
    transformation: z.string().min(1).max(4000).meta({ description: 'As in a delivery URL: `w-400,h-300:e-grayscale`.' }),
    metadata: policy
      .nullable()
      .optional()
      .meta({
        description: `How much of a file's metadata its pictures keep; null: as the workspace's settings of delivery say. ${POLICIES}`,
      }),
  })
  .meta({ id: 'NamedTransformationUpdate' });

export const namedSchema = z
  .object({
    name: nameText,
    transformation: z.string(),
    metadata: policy.nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'NamedTransformation' });

export const namedListSchema = z.object({ items: z.array(namedSchema) }).meta({ id: 'NamedTransformations' });

export const keyParams = z.object({ id: z.uuid() });

export const signingKeySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    state: z
      .enum(['active', 'verify_only'])
      .meta({ description: '`verify_only`: URLs signed earlier stay good; make no new ones with it.' }),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'SigningKey' });

export const signingKeyListSchema = z.object({ items: z.array(signingKeySchema) }).meta({ id: 'SigningKeys' });

export const signingKeyCreateSchema = z
  .object({
    name: z.string().trim().min(1).max(100),
    secret: z
      .string()
      .regex(/^[\x21-\x7e]{16,200}$/)
      .optional()
      .meta({ description: 'A private key that URLs out there are signed with already; without it a new one is made.' }),
  })
  .meta({ id: 'NewSigningKey' });

export const signingKeyCreatedSchema = z
  .object({
    secret: z.string().meta({ description: 'The `privateKey` of a URL signer. Shown in this answer only.' }),
    signingKey: signingKeySchema,
  })
  .meta({ id: 'CreatedSigningKey' });

export const signingKeyPatchSchema = z.object({ state: z.enum(['active', 'verify_only']) }).meta({ id: 'SigningKeyUpdate' });

export type DeliverySettingsDto = z.infer<typeof deliverySettingsSchema>;
export type NamedDto = z.infer<typeof namedSchema>;
export type SigningKeyDto = z.infer<typeof signingKeySchema>;
