/** What docs/transformations.md says beside the operations: layers and conditions, with examples that are rendered like theirs. */

export interface Topic {
  readonly name: string;
  readonly text: string;
  /** Key to meaning, one table row each. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly examples: readonly string[];
}

const PLACE = {
  lx: 'left edge of the layer on the picture, px or an expression; `N10` = 10 px from the right edge. Beyond the picture it is moved to the edge',
  ly: 'top edge, likewise',
  lxc: 'where the centre of the layer goes, instead of `lx`',
  lyc: 'likewise, instead of `ly`',
  lap: 'the point of the picture that offsets start from, default `top_left`',
  lfo: 'one of nine positions when there are no offsets, default `center`',
};

export const TOPICS: readonly Topic[] = [
  {
    name: 'Layers: pictures',
    text: `\`l-image,i-<path>, … ,l-end\` puts another picture of the library on this one. What stands between belongs to the layer: nearly every parameter of this page,
further steps after a colon, and layers of its own, three deep. Its margin is cut away unless \`t-false\`. The picture must be public itself, or the address signed.
Layers come after the other parameters of their step, in the order written. There may be 12 in all.`,
    parameters: {
      i: 'path in the library, with `@@` for `/`; `@<asset id>@@<any name>` works too',
      ...PLACE,
      lm: '`multiply`; `cutout` (the layer becomes a hole); `cutter` (only what is under the layer stays); `displace` (red and green of the layer move the pixels by up to `x`, `y` px)',
    },
    examples: [
      'w-300,l-image,i-brand@@logo.png,w-90,o-80,lx-N12,ly-N12,l-end',
      'w-300,l-image,i-brand@@mark.png,w-bw_div_2,lm-cutter,l-end',
    ],
  },
  {
    name: 'Layers: text',
    text: '`l-text,i-<text>, … ,l-end` draws text; `ie-` takes it in base64, for anything that is not letters and digits. Letters that the typeface lacks come from those of the server.',
    parameters: {
      i: 'the text, percent-encoded; at most 2,000 characters',
      ie: 'the text as percent-encoded standard base64 of UTF-8; wins over `i`',
      fs: 'size of the letters in px or an expression of `bw`, `bh` (the picture below), default 45',
      co: 'colour, default black',
      ff: 'typeface: Abril Fatface, Amaranth, Arvo, Audiowide, Chivo, Crimson Text, Exo, Fredoka, Gravitas One, Kanit, Lato, Lobster, Lora, Monoton, Montserrat, Old Standard TT, Open Sans, PT Mono, PT Serif, Roboto (default), Ubuntu, Vollkorn; or the path of a TTF or OTF file of the library, with `@@` for `/`',
      tg: '`b` (bold), `i` (italic), `strikethrough`, joined by `_`',
      w: 'width at which lines are broken',
      ia: '`left`, `center` (default), `right`',
      lh: 'distance of lines: up to 5 a multiple of the typeface’s own, above px from line to line',
      pa: 'space around it: one to four px joined by `_`, in the order of CSS, or an expression',
      bg: 'colour behind it',
      al: '1-9: how opaque the text is, in tenths',
      ...PLACE,
    },
    examples: [
      'w-300,l-text,i-Harbour%20light,fs-30,ff-Lora,co-FFFFFF,lx-12,ly-N14,l-end',
      'w-300,l-text,i-New%20this%20week,fs-18,ff-Montserrat,tg-b,co-FFFFFF,bg-B3261E,pa-8_14,r-6,lfo-top_left,l-end',
    ],
  },
  {
    name: 'Layers: areas',
    text: '`l-image,i-ik_canvas, … ,l-end` is an area of one colour, or of a gradient with `e-gradient`.',
    parameters: {
      w: 'width, px or an expression; default that of the picture',
      h: 'height, likewise',
      bg: 'colour; without it the area is transparent, for a gradient',
      al: '1-9: how opaque it is, in tenths',
      r: 'rounded corners',
    },
    examples: ['w-300,l-image,i-ik_canvas,w-bw_mul_0.9,h-40,bg-FFFFFF70,r-12,ly-N12,lx-bw_mul_0.05,l-end'],
  },
  {
    name: 'Conditions',
    text: `\`if-<condition>, … ,if-else, … ,if-end\` is a step of its own and may hold steps. Conditions compare \`w\`, \`h\`, \`ar\` (the picture so far) or \`iw\`, \`ih\`, \`iar\` (the asset) by
\`eq\` \`ne\` \`gt\` \`gte\` \`lt\` \`lte\` with a number or a ratio such as \`4-3\`, joined by \`_and_\`, which binds tighter, and \`_or_\`.`,
    parameters: {},
    examples: ['if-iar_gt_1,w-300,if-else,h-300,if-end'],
  },
];
