import type { Hdr } from './film-plan.ts';

/** Films brighter than a screen (PQ, HLG) as films for every screen: filters of ffmpeg. Pure. */

/** What counts as white, cd/m² (ITU-R BT.2408), and where all detail ends, as a multiple of it: 1,000 cd/m². */
const WHITE = 203;
const PEAK = 1000 / WHITE;
/** Up to this share of white nothing is changed; above, it is pressed together. */
const KNEE = 0.3;

/** As zimg and ffmpeg's `tonemap` do it, in floating point. */
const EXACT = [
  `zscale=t=linear:npl=${WHITE}`,
  'format=gbrpf32le',
  'zscale=p=bt709',
  `tonemap=tonemap=mobius:param=${KNEE}:peak=${PEAK.toFixed(3)}:desat=0`,
  'zscale=t=bt709:m=bt709:r=tv',
  'format=yuv420p',
];

/** SMPTE ST 2084, and ITU-R BT.2100 HLG with a system gamma of 1.2 for each colour: `val` to light, as a share of the peak. */
const LIGHT: Record<Hdr['transfer'], readonly [first: string, light: string]> = {
  pq: ['pow(val/maxval,1/78.84375)', '10*pow(max(ld(0)-0.8359375,0)/(18.8515625-18.6875*ld(0)),1/0.1593017578125)'],
  hlg: ['val/maxval', 'pow(if(lte(ld(0),0.5),ld(0)*ld(0)/3,(exp((ld(0)-0.55991073)/0.17883277)+0.28466892)/12),1.2)'],
};
const light = ([first, value]: readonly [string, string]): string => `st(0,${first});maxval*min(1,${value})`;
/** ITU-R BT.2087: BT.2020 to BT.709, linear. */
const TO_709 = 'rr=1.6605:rg=-0.5876:rb=-0.0728:gr=-0.1246:gg=1.1329:gb=-0.0083:br=-0.0182:bg=-0.1006:bb=1.1187';

/** The same curve, then that of screens (ITU-R BT.1886), from light to `val`. */
function screen(): string {
  const [j, p] = [KNEE, PEAK];
  const a = (-j * j * (p - 1)) / (j * j - 2 * j + p);
  const b = (j * j - 2 * j * p + p) / (p - 1);
  const scale = (b * b + 2 * b * j + j * j) / (b - a);
  const pressed = `if(lte(ld(0),${j}),ld(0),${scale.toFixed(6)}*(ld(0)+${a.toFixed(6)})/(ld(0)+${b.toFixed(6)}))`;
  return `st(0,val/maxval*${p.toFixed(6)});st(1,min(1,${pressed}));maxval*pow(ld(1),1/2.4)`;
}

const each = (expression: string): string => ['r', 'g', 'b'].map((colour) => `${colour}='${expression}'`).join(':');

/** For an ffmpeg without zimg: the same in tables of 16 bits. */
const inTables = (transfer: Hdr['transfer']): string[] => [
  'scale=in_color_matrix=bt2020:out_range=pc',
  'format=gbrp16le',
  `lutrgb=${each(light(LIGHT[transfer]))}`,
  `colorchannelmixer=${TO_709}`,
  `lutrgb=${each(screen())}`,
  'scale=out_color_matrix=bt709:out_range=tv',
  'setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709',
  'format=yuv420p',
];

/**
 * The filters that make a film one for every screen, empty for what is one already.
 * @param filters that this ffmpeg has
 */
export function toneMap(hdr: Hdr | null | undefined, filters: ReadonlySet<string>): string[] {
  if (!hdr) return [];
  const said = hdr.tagged ? [] : ['setparams=color_primaries=bt2020:colorspace=bt2020nc'];
  return [...said, ...(filters.has('zscale') && filters.has('tonemap') ? EXACT : inTables(hdr.transfer))];
}
