import { background } from './background.ts';
import { blur } from './blur.ts';
import { flip } from './flip.ts';
import { format } from './format.ts';
import type { Registered } from './operation.ts';
import { original } from './original.ts';
import { quality } from './quality.ts';
import { resize } from './resize.ts';
import { rotate } from './rotate.ts';

/** Every operation in its order of work within one step. A new operation is one file and one line here. */
export const OPERATIONS = [resize, rotate, flip, blur, background, quality, format, original] as const satisfies readonly Registered[];

/** Known to clients of such URLs, but not made by this server yet: refused, never silently left out. */
export const LATER_KEYS: ReadonlySet<string> = new Set(
  `z pr lo cp md dn di n pg r b o t cr c2pa ac vc so eo du sr raw
   e-grayscale e-contrast e-sharpen e-usm e-shadow e-gradient e-colorize e-distort e-bgremove e-removedotbg e-changebg e-edit
   e-dropshadow e-retouch e-upscale e-genvar`.split(/\s+/),
);

/** The overlay parameters from before layers. */
export const OVERLAY_KEYS: ReadonlySet<string> = new Set(
  `oi ot ots otc obg ox oy ofo ow oh oa or otw otbg otp otia otf ott ote oit oic oicm oifo oib oibg oiar oidpr oiq`.split(/\s+/),
);
