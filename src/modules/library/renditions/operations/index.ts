import { background } from './background.ts';
import { blur } from './blur.ts';
import { border } from './border.ts';
import { contrast } from './contrast.ts';
import { credentials } from './credentials.ts';
import { defaultImage } from './default-image.ts';
import { distort } from './distort.ts';
import { colourProfile, density, lossless, metadata, progressive } from './encoding.ts';
import { flip } from './flip.ts';
import { format } from './format.ts';
import { gradient } from './gradient.ts';
import { greyscale } from './greyscale.ts';
import { named } from './named.ts';
import { opacity } from './opacity.ts';
import type { Registered } from './operation.ts';
import { original } from './original.ts';
import { page } from './page.ts';
import { quality } from './quality.ts';
import { radius } from './radius.ts';
import { recolour } from './recolour.ts';
import { resize } from './resize.ts';
import { rotate } from './rotate.ts';
import { shadow } from './shadow.ts';
import { sharpen } from './sharpen.ts';
import { tint } from './tint.ts';
import { trim } from './trim.ts';
import { unsharp } from './unsharp.ts';

/** Every operation in its order of work within one step. A new operation is one file and one line here. */
export const OPERATIONS = [
  page,
  trim,
  resize,
  rotate,
  flip,
  recolour,
  tint,
  greyscale,
  contrast,
  blur,
  sharpen,
  unsharp,
  distort,
  gradient,
  border,
  radius,
  shadow,
  opacity,
  background,
  quality,
  format,
  progressive,
  lossless,
  colourProfile,
  metadata,
  density,
  credentials,
  original,
  defaultImage,
  named,
] as const satisfies readonly Registered[];

/** Known to clients of such URLs, but not made by this server yet: refused, never silently left out. */
export const LATER_KEYS: ReadonlySet<string> = new Set(
  `ac vc so eo du sr raw
   e-bgremove e-removedotbg e-changebg e-edit e-dropshadow e-retouch e-upscale e-genvar`.split(/\s+/),
);

/** The overlay parameters from before layers. */
export const OVERLAY_KEYS: ReadonlySet<string> = new Set(
  `oi ot ots otc obg ox oy ofo ow oh oa or otw otbg otp otia otf ott ote oit oic oicm oifo oib oibg oiar oidpr oiq`.split(/\s+/),
);
