import { z } from 'zod';
import { badParameter } from '../renditions.problem.ts';
import { defineOperation } from './operation.ts';
import { flag, length, lengthOn } from './values.ts';

/** How the result is encoded, beside format and quality. */

export const progressive = defineOperation({
  name: 'progressive',
  keys: ['pr'],
  phase: 'output',
  args: z.object({ pr: flag.optional() }),
  output: ({ pr }) => (pr === undefined ? {} : { progressive: pr }),
  doc: {
    summary: 'JPEG and PNG that show a rough picture early.',
    parameters: { pr: '`true` or `false` (default)' },
    example: 'w-400,f-jpg,pr-true',
  },
});

export const lossless = defineOperation({
  name: 'lossless',
  keys: ['lo'],
  phase: 'output',
  args: z.object({ lo: flag.optional() }),
  output: ({ lo }) => (lo === undefined ? {} : { lossless: lo }),
  doc: {
    summary: 'WebP and AVIF without loss; JPEG becomes PNG.',
    parameters: { lo: '`true` or `false` (default)' },
    example: 'w-400,f-webp,lo-true',
  },
});

export const colourProfile = defineOperation({
  name: 'colour profile',
  keys: ['cp'],
  phase: 'output',
  args: z.object({ cp: flag.optional() }),
  output: ({ cp }) => (cp === undefined ? {} : { profile: cp }),
  doc: {
    summary: 'Keeps the ICC profile; otherwise colours are converted to sRGB and the profile is left out.',
    parameters: { cp: '`true` or `false` (default); not together with operations on single pixels' },
    example: 'w-400,f-jpg,cp-true',
  },
});

export const metadata = defineOperation({
  name: 'metadata',
  keys: ['md'],
  phase: 'output',
  args: z.object({ md: flag.optional() }),
  output: ({ md }) => (md === undefined ? {} : { metadata: md }),
  doc: {
    summary:
      'Metadata of the file: EXIF, IPTC and XMP, without positions, serial numbers and orientation. Otherwise what the metadata policy of the workspace or of a named transformation says.',
    parameters: { md: '`true`, where the asset releases its original; `false` (default): by policy' },
    example: 'w-400,md-true',
  },
});

export const density = defineOperation({
  name: 'density',
  keys: ['dn'],
  phase: 'output',
  args: z.object({ dn: length().optional() }),
  output({ dn }, canvas) {
    if (dn === undefined || dn.kind === 'auto') return {};
    const value = Math.round(lengthOn('dn', dn, canvas));
    if (value < 1 || value > 1200) throw badParameter('dn', 'dn must be from 1 to 1200');
    return { density: value };
  },
  doc: {
    summary: 'Dots per inch that the file says.',
    parameters: { dn: '1-1200, or an expression (`idn_mul_2`)' },
    example: 'w-400,f-jpg,dn-300',
  },
});
