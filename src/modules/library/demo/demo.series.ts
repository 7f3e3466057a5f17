import { BRAND, LIGHTS } from './demo.colour.ts';
import { FLAVOURS } from './demo.fruit.ts';
import type { DemoItem, Drawing, Exposure, Form, Scene } from './demo.item.ts';
import { ICONS, LOGO_TONES, type LogoForm } from './demo.logo.ts';
import type { Random } from './demo.random.ts';
import { CAMERAS, CAMPAIGNS, COLLEAGUES, LICENCES, PEOPLE, PLACES } from './demo.words.ts';

type Made = Omit<DemoItem, 'publish'>;

export interface Series {
  readonly name: string;
  /** How many of 200. */
  readonly weight: number;
  make(chance: Random, at: number, seed: string): Made;
}

const LANDS = ['hills', 'orchard', 'lake', 'sea', 'city'] as const;
const SHOTS = ['single', 'trio', 'single', 'bottle', 'stack', 'single'] as const;
const PATTERNS = ['fruit', 'mesh', 'waves', 'terrazzo', 'arches', 'marble'] as const;
const LOGOS: readonly LogoForm[] = ['lockup', 'badge', 'mark', 'stacked', 'wordmark'];
const PHOTO_SIZES = [
  [1440, 960],
  [1440, 960],
  [1440, 810],
  [960, 1440],
  [1280, 1024],
  [1680, 720],
] as const;
const STUDIO_SIZES = [
  [1080, 1080],
  [960, 1200],
  [1260, 840],
  [880, 1320],
] as const;
const POST_SIZES = [
  [1080, 1080],
  [1080, 1350],
  [1080, 1920],
  [1600, 838],
] as const;

export const SERIES: readonly Series[] = [
  { name: 'product', weight: 52, make: product },
  { name: 'landscape', weight: 36, make: landscape },
  { name: 'portrait', weight: 22, make: portrait },
  { name: 'banner', weight: 20, make: banner },
  { name: 'pattern', weight: 18, make: pattern },
  { name: 'table', weight: 16, make: table },
  { name: 'gift', weight: 6, make: gift },
  { name: 'logo-vector', weight: 6, make: (chance, at, seed) => logo(chance, at, seed, 'svg') },
  { name: 'icon', weight: 6, make: icon },
  { name: 'logo-pixels', weight: 5, make: (chance, at, seed) => logo(chance, at + 2, seed, 'png') },
  { name: 'brochure', weight: 5, make: brochure },
  { name: 'film', weight: 4, make: film },
  { name: 'sound', weight: 2, make: sound },
  { name: 'swatches', weight: 1, make: swatches },
  { name: 'prices', weight: 1, make: prices },
];

/** What all have; each series adds its own. */
function base(chance: Random, year = chance.int(2022, 2026)): Omit<Made, 'name' | 'folder' | 'title' | 'tags' | 'form'> {
  const month = year === 2026 ? chance.int(1, 6) : chance.int(1, 12);
  const taken = new Date(Date.UTC(year, month - 1, chance.int(1, 28), chance.int(6, 19), chance.int(0, 59), chance.int(0, 59)));
  return {
    description: null,
    alt: null,
    creator: chance.pick(PEOPLE),
    copyright: `© ${year} Plumfield Preserves`,
    licence: chance.chance(0.13) ? null : chance.pick(LICENCES),
    taken: taken.toISOString(),
    exposure: null,
    place: null,
  };
}

function exposure(chance: Random, cameras = CAMERAS): Exposure {
  const camera = chance.pick(cameras);
  const [lens, millimetres, aperture] = chance.pick(camera.lenses);
  return {
    make: camera.make,
    model: camera.model,
    lens,
    millimetres,
    aperture,
    shutter: `1/${chance.pick([60, 125, 200, 250, 500, 1000])}`,
    iso: chance.pick([64, 100, 200, 400, 800]),
  };
}

const drawing = (scene: Scene, seed: string, [width, height]: readonly [number, number]): Drawing => ({ scene, seed, width, height });

function photo(picture: Drawing, format: 'jpeg' | 'webp' | 'avif' | 'tiff' = 'jpeg'): Form {
  return { kind: 'raster', drawing: picture, format, grain: format === 'jpeg' };
}

const EXTENSION = { jpeg: 'jpg', png: 'png', webp: 'webp', avif: 'avif', tiff: 'tif' } as const;

export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

function product(chance: Random, at: number, seed: string): Made {
  const flavour = at % FLAVOURS.length;
  const shot = SHOTS[(at + Math.floor(at / FLAVOURS.length)) % SHOTS.length] ?? 'single';
  const { name } = FLAVOURS[flavour] ?? { name: '' };
  const what = { single: 'jar', trio: 'jars', bottle: 'syrup', stack: 'tower' }[shot];
  const format = at === 7 ? 'avif' : at === 11 ? 'webp' : 'jpeg';
  return {
    ...base(chance),
    name: `${slug(name)}-${what}.${EXTENSION[format]}`,
    folder: shot === 'bottle' ? '/Products/Syrups' : '/Products/Jars',
    title: shot === 'bottle' ? `${name} syrup` : shot === 'single' ? `${name}, 340 g` : `${name} and friends`,
    description: chance.chance(0.85) ? `Studio shot of our ${name.toLowerCase()} ${what}, table edge, soft light from the left.` : null,
    alt: chance.chance(0.75) ? `${shot === 'bottle' ? 'A bottle' : 'Glass jars'} of ${name.toLowerCase()} preserve with fresh fruit` : null,
    tags: ['product', 'packshot', name, ...(shot === 'bottle' ? ['syrup'] : ['jam']), ...(chance.chance(0.3) ? ['hero'] : [])],
    exposure: exposure(chance, CAMERAS.slice(0, 4)),
    form: photo(drawing({ kind: 'product', flavour, shot }, seed, chance.pick(STUDIO_SIZES)), format),
  };
}

function landscape(chance: Random, at: number, seed: string): Made {
  const light = (at * 4 + Math.floor(at / LIGHTS.length)) % LIGHTS.length;
  const land = LANDS[(at + Math.floor(at / LANDS.length)) % LANDS.length] ?? 'hills';
  const campaign = chance.pick(CAMPAIGNS);
  const press = chance.chance(0.35);
  const place = chance.pick(PLACES);
  const name = LIGHTS[light]?.name ?? '';
  const format = at === 3 ? 'tiff' : at === 9 ? 'webp' : 'jpeg';
  const title = `${land === 'orchard' ? 'Orchard' : land === 'hills' ? 'Hills' : land === 'city' ? 'City' : land === 'lake' ? 'Lake' : 'Coast'}, ${name}`;
  return {
    ...base(chance, press ? undefined : campaign.year),
    name: `${slug(`${name} ${land}`)}.${EXTENSION[format]}`,
    folder: press ? '/Press/Region' : `${campaign.folder}/Scenes`,
    title,
    description: chance.chance(0.7) ? `${title}, ${place.name} near ${place.city}.` : null,
    alt: chance.chance(0.6)
      ? `Wide view of ${land === 'city' ? 'roofs and towers' : land === 'sea' ? 'the sea' : 'the valley'} under a low sun`
      : null,
    tags: ['landscape', land, name, ...(press ? ['press'] : [campaign.tag])],
    exposure: exposure(chance),
    place,
    form: photo(drawing({ kind: 'landscape', light, land }, seed, format === 'tiff' ? [900, 600] : chance.pick(PHOTO_SIZES)), format),
  };
}

function portrait(chance: Random, at: number, seed: string): Made {
  const [name, role] = COLLEAGUES[at % COLLEAGUES.length] ?? COLLEAGUES[0];
  return {
    ...base(chance),
    name: `${slug(name)}.jpg`,
    folder: '/People',
    title: `${name}, ${role}`,
    description: chance.chance(0.6) ? `Portrait of ${name} (${role.toLowerCase()}) for the team page.` : null,
    alt: chance.chance(0.7) ? `Smiling portrait of ${name}` : null,
    tags: ['portrait', 'team', role],
    exposure: exposure(chance, CAMERAS.slice(1, 5)),
    form: photo(
      drawing(
        { kind: 'portrait' },
        seed,
        chance.pick([
          [960, 1200],
          [1000, 1000],
          [1080, 1350],
        ] as const),
      ),
    ),
  };
}

function banner(chance: Random, at: number, seed: string): Made {
  const campaign = CAMPAIGNS[at % CAMPAIGNS.length] ?? CAMPAIGNS[0];
  if (!campaign) throw new Error('there is no campaign');
  const [lines, call] = chance.pick(campaign.posts);
  const flavour = (at * 3) % FLAVOURS.length;
  const size = POST_SIZES[at % POST_SIZES.length] ?? POST_SIZES[0];
  const format = chance.chance(0.3) ? 'png' : 'jpeg';
  return {
    ...base(chance, campaign.year),
    name: `${slug(lines.join(' '))}-${size[0]}x${size[1]}.${EXTENSION[format]}`,
    folder: `${campaign.folder}/Social`,
    title: lines.join(' '),
    description: chance.chance(0.5) ? `Post for ${campaign.tag}, ${FLAVOURS[flavour]?.name ?? ''}.` : null,
    alt: chance.chance(0.8) ? `A jar of preserve and the words: ${lines.join(' ')}` : null,
    tags: ['social', campaign.tag, size[1] > size[0] ? 'story' : 'post'],
    form: { kind: 'raster', drawing: drawing({ kind: 'banner', flavour, lines, call }, seed, size), format, grain: false },
  };
}

function pattern(chance: Random, at: number, seed: string): Made {
  const kind = PATTERNS[at % PATTERNS.length] ?? 'mesh';
  const flavour = (at * 7 + 2) % FLAVOURS.length;
  const format = (['jpeg', 'webp', 'png'] as const)[at % 3] ?? 'jpeg';
  return {
    ...base(chance),
    name: `${kind}-${slug(FLAVOURS[flavour]?.name ?? '')}.${EXTENSION[format]}`,
    folder: '/Brand/Backgrounds',
    title: `${kind[0]?.toUpperCase()}${kind.slice(1)}, ${FLAVOURS[flavour]?.name.toLowerCase()}`,
    tags: ['background', kind, 'brand'],
    form: {
      kind: 'raster',
      drawing: drawing(
        { kind: 'pattern', flavour, pattern: kind },
        seed,
        chance.pick([
          [1600, 1200],
          [1600, 900],
          [1200, 1200],
        ] as const),
      ),
      format,
      grain: format === 'jpeg',
    },
  };
}

function table(chance: Random, at: number, seed: string): Made {
  const flavour = (at * 3 + 1) % FLAVOURS.length;
  const name = FLAVOURS[flavour]?.name ?? '';
  return {
    ...base(chance),
    name: `breakfast-${slug(name)}.jpg`,
    folder: '/Products/At the table',
    title: `Breakfast with ${name.toLowerCase()}`,
    description: chance.chance(0.7) ? `Toast and ${name.toLowerCase()} preserve from above, linen, morning light.` : null,
    alt: `Toast with ${name.toLowerCase()} preserve, a bowl and a spoon on a striped cloth`,
    tags: ['food', 'breakfast', 'flat lay', name],
    exposure: exposure(chance, CAMERAS.slice(0, 5)),
    form: photo(
      drawing(
        { kind: 'table', flavour },
        seed,
        chance.pick([
          [1440, 960],
          [1080, 1080],
          [1000, 1250],
        ] as const),
      ),
    ),
  };
}

function gift(chance: Random, at: number, seed: string): Made {
  const flavour = (at * 3 + 2) % FLAVOURS.length;
  return {
    ...base(chance),
    name: `gift-box-${at + 1}.jpg`,
    folder: '/Products/Gift boxes',
    title: `Gift box ${at + 1}`,
    description: 'Three jars in a box with a ribbon.',
    tags: ['product', 'gift', 'winter 2024'],
    exposure: exposure(chance, CAMERAS.slice(0, 2)),
    form: photo(drawing({ kind: 'gift', flavour }, seed, [1200, 1200])),
  };
}

function logo(chance: Random, at: number, seed: string, kind: 'svg' | 'png'): Made {
  const form = LOGOS[at % LOGOS.length] ?? 'mark';
  const tone = (at + Math.floor(at / LOGOS.length)) % LOGO_TONES.length;
  const wide = form === 'lockup' || form === 'wordmark';
  const picture = drawing({ kind: 'logo', form, tone }, seed, wide ? [1200, 420] : [800, 800]);
  return {
    ...base(chance),
    name: `plumfield-${form}-${LOGO_TONES[tone]?.name ?? ''}.${kind}`,
    folder: '/Brand/Logos',
    title: `Plumfield ${form}, ${LOGO_TONES[tone]?.name ?? ''}`,
    alt: 'The Plumfield logo: a plum with a leaf',
    tags: ['logo', 'brand', form],
    form: kind === 'svg' ? { kind: 'svg', drawing: picture } : { kind: 'raster', drawing: picture, format: 'png', grain: false },
  };
}

function icon(chance: Random, at: number, seed: string): Made {
  const name = ICONS[(at * 5) % ICONS.length] ?? 'jar';
  const colour = [BRAND.plum, BRAND.raspberry, BRAND.leaf, BRAND.apricot, BRAND.damson][at % 5] ?? BRAND.plum;
  return {
    ...base(chance),
    name: `icon-${name}.svg`,
    folder: '/Brand/Icons',
    title: `Icon: ${name}`,
    tags: ['icon', 'brand'],
    form: { kind: 'svg', drawing: drawing({ kind: 'icon', icon: name, colour }, seed, [512, 512]) },
  };
}

const BROCHURES = [
  ['Our preserves', 'Ten kinds of fruit, one kettle, no hurry. The range of the season with weights, shelf life and prices for shops.'],
  ['Brand guidelines', 'How our name, our plum and our colours are used, and how they are not.'],
  ['Press kit', 'Facts, figures and people of the house, with pictures that may be printed with credit.'],
  ['Sustainability report', 'Water, glass, bees: what we promised, what we measured, what comes next.'],
  ['Recipes', 'Nine things to do with a jar that are not toast.'],
] as const;

function brochure(chance: Random, at: number, seed: string): Made {
  const [headline, lead] = BROCHURES[at % BROCHURES.length] ?? BROCHURES[0];
  const scene: Scene =
    at % 2 === 0
      ? { kind: 'product', flavour: (at * 2) % FLAVOURS.length, shot: 'trio' }
      : { kind: 'landscape', light: (at * 2 + 1) % LIGHTS.length, land: 'orchard' };
  return {
    ...base(chance, chance.int(2024, 2026)),
    name: `plumfield-${slug(headline)}.pdf`,
    folder: at % BROCHURES.length === 1 ? '/Brand' : '/Press',
    title: `${headline} (brochure)`,
    description: lead,
    tags: ['brochure', 'print', ...(at % 2 === 0 ? ['press'] : [])],
    form: { kind: 'pdf', cover: drawing(scene, seed, [900, 1273]), headline, lead },
  };
}

function film(chance: Random, at: number, seed: string): Made {
  const campaign = CAMPAIGNS[at % CAMPAIGNS.length] ?? CAMPAIGNS[0];
  if (!campaign) throw new Error('there is no campaign');
  const scenes: readonly Scene[] = [
    { kind: 'landscape', light: 1, land: 'orchard' },
    { kind: 'product', flavour: 0, shot: 'trio' },
    { kind: 'landscape', light: 7, land: 'lake' },
    { kind: 'table', flavour: 2 },
  ];
  const scene = scenes[at % scenes.length] ?? { kind: 'landscape', light: 1, land: 'orchard' };
  return {
    ...base(chance, campaign.year),
    name: `teaser-${slug(campaign.tag)}-${at + 1}.mp4`,
    folder: `${campaign.folder}/Film`,
    title: `Teaser ${at + 1}, ${campaign.tag}`,
    description: 'A slow move over one picture, with the tune of the house.',
    tags: ['film', 'teaser', campaign.tag],
    form: { kind: 'film', drawing: drawing(scene, seed, [1600, 900]), seconds: 4, seed },
  };
}

function sound(chance: Random, at: number, seed: string): Made {
  return {
    ...base(chance),
    name: at === 0 ? 'plumfield-signature.wav' : `plumfield-tune-${at + 1}.wav`,
    folder: '/Brand/Sound',
    title: at === 0 ? 'Sound signature' : `Tune ${at + 1}`,
    description: 'Four notes and a chord.',
    tags: ['sound', 'brand'],
    form: { kind: 'sound', seconds: at === 0 ? 3 : 6, seed },
  };
}

function swatches(chance: Random, at: number, seed: string): Made {
  return {
    ...base(chance),
    name: at === 0 ? 'colours-of-the-house.png' : `colours-of-the-house-${at + 1}.png`,
    folder: '/Brand',
    title: 'Colours of the house',
    alt: 'Twelve fields of colour with their names',
    tags: ['brand', 'colour'],
    form: { kind: 'raster', drawing: drawing({ kind: 'swatches' }, seed, [1200, 900]), format: 'png', grain: false },
  };
}

function prices(chance: Random, at: number): Made {
  const rows = FLAVOURS.map(({ name }) => `${name},340 g,${chance.int(4, 8)}.${chance.pick(['50', '90', '95'])},EUR`);
  return {
    ...base(chance, 2026),
    name: at === 0 ? 'price-list-2026.csv' : `price-list-2026-${at + 1}.csv`,
    folder: '/Products',
    title: 'Price list 2026',
    tags: ['prices', 'sales'],
    form: { kind: 'table', text: `product,weight,price,currency\r\n${rows.join('\r\n')}\r\n` },
  };
}
