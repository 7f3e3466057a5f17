import type { SearchDocument } from '../../src/platform/search/search.ts';

/**
 * Generated documents: a seed gives the same library every time. Words are drawn by Zipf's law, as in real text; three planted words match 0.1, 1
 * and 10 per cent of the documents.
 */

/** A small fast generator (mulberry32), so that nothing depends on the machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const CONSONANTS = [
  'b',
  'c',
  'd',
  'f',
  'g',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'r',
  's',
  't',
  'v',
  'w',
  'br',
  'st',
  'tr',
  'pl',
  'sh',
  'ch',
  'gr',
  'cl',
];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ea', 'ou', 'ai', 'io'];
const ENDS = ['', 'n', 'r', 's', 't', 'l', 'nd', 'ng', 'st', 'rk'];

/** Words that sound like words, all different. */
export function vocabulary(size: number, seed: number): string[] {
  const random = seeded(seed);
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? '';
  const words = new Set<string>();
  while (words.size < size) {
    const syllables = 1 + Math.floor(random() * 3.5);
    let word = '';
    for (let at = 0; at < syllables; at += 1) word += pick(CONSONANTS) + pick(VOWELS) + (at === syllables - 1 ? pick(ENDS) : '');
    if (word.length >= 3) words.add(word);
  }
  return [...words];
}

/** Planted words by the share of documents that hold each. */
export const PLANTED: readonly (readonly [share: number, words: readonly string[]])[] = [
  [0.001, ['lighthouse', 'windmill', 'hedgehog', 'trombone', 'glacier', 'origami']],
  [0.01, ['waterfall', 'bicycle', 'festival', 'orchard', 'kitchen', 'umbrella']],
  [0.1, ['landscape', 'portrait', 'campaign', 'customer', 'headline', 'packaging']],
];

const CAMERAS = ['Canon EOS R5', 'Canon EOS R6', 'Nikon Z9', 'Nikon D850', 'Sony ILCE-7M4', 'Sony ILCE-1', 'Fujifilm X-T5', 'Leica Q3'];
const MORE_CAMERAS = Array.from({ length: 60 }, (_, at) => `Model ${String.fromCharCode(65 + (at % 26))}${100 + at}`);
const COLOURS = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink', 'brown', 'black', 'grey', 'white'];
const TYPES = [
  ['image', 'image/jpeg', 'jpg', 0.7],
  ['image', 'image/png', 'png', 0.12],
  ['image', 'image/webp', 'webp', 0.05],
  ['video', 'video/mp4', 'mp4', 0.07],
  ['document', 'application/pdf', 'pdf', 0.05],
  ['audio', 'audio/mpeg', 'mp3', 0.01],
] as const;
const FIRST_DAY = Date.UTC(2019, 0, 1);
const DAYS = 2500;

export interface Corpus {
  readonly folders: readonly string[];
  document(index: number): SearchDocument;
}

/** @param words size of the vocabulary; a library of 100,000 documents in two languages has about 60,000 */
export function makeCorpus(seed: number, words = 60_000, folderCount = 400): Corpus {
  const vocab = vocabulary(words, seed);
  const tags = vocab.slice(200, 2200);
  const cameras = [...CAMERAS, ...MORE_CAMERAS];
  const folders = Array.from({ length: folderCount }, (_, at) => idOf(0xf0, at));
  return { folders, document: (index) => makeDocument(index, seeded(seed * 7919 + index), { vocab, tags, cameras, folders }) };
}

/** A UUID that holds the number. */
export function idOf(space: number, index: number): string {
  return `01900000-${space.toString(16).padStart(4, '0')}-7000-8000-${index.toString(16).padStart(12, '0')}`;
}

interface Lists {
  readonly vocab: readonly string[];
  readonly tags: readonly string[];
  readonly cameras: readonly string[];
  readonly folders: readonly string[];
}

function makeDocument(index: number, random: () => number, { vocab, tags, cameras, folders }: Lists): SearchDocument {
  // exp(u * ln n) is Zipf with exponent 1.
  const zipf = <T>(list: readonly T[]): T =>
    list[Math.min(list.length - 1, Math.floor(Math.exp(random() * Math.log(list.length))) - 1)] as T;
  const several = (most: number, one: () => string) => Array.from({ length: Math.floor(random() * (most + 1)) }, one);
  const [kind, mime, extension] = draw(random());
  const photo = kind === 'image' || kind === 'video';
  const [width, height] = photo ? [1000 + Math.floor(random() * 6000), 1000 + Math.floor(random() * 4500)] : [null, null];
  const taken = photo && random() < 0.8 ? FIRST_DAY + Math.floor(random() * DAYS * 86_400_000) : null;
  const created = FIRST_DAY + Math.floor(((index * 0.9 + random() * 1000) / 100_000) * DAYS * 86_400_000);
  const folder = zipf(folders);
  const planted = PLANTED.flatMap(([share, list]) => list.filter(() => random() < share));
  const words = (count: number) => Array.from({ length: count }, () => zipf(vocab));
  const ownTags = [...new Set(several(8, () => zipf(tags)))];
  const title = random() < 0.6 ? words(4).join(' ') : null;
  return {
    id: idOf(0xa0, index),
    version: 1,
    folder,
    kind,
    mime,
    name: random() < 0.5 ? `IMG_${String(index % 10_000).padStart(4, '0')}.${extension}` : `${words(3).join('-')}.${extension}`,
    title,
    description: [...planted, ...(random() < 0.5 ? words(25) : [])].join(' ') || null,
    tags: ownTags,
    folders: [folder],
    folderPath: `/${words(1).join('')}/${folder.slice(-4)}`,
    camera: photo && random() < 0.9 ? zipf(cameras) : null,
    lens: null,
    people: [],
    colours: photo ? [...new Set([zipf(COLOURS), zipf(COLOURS), zipf(COLOURS)])] : [],
    orientation: width === null || height === null ? null : width === height ? 'square' : width > height ? 'landscape' : 'portrait',
    width,
    height,
    megapixels: width === null || height === null ? null : Math.round((width * height) / 10_000) / 100,
    bytes: 20_000 + Math.floor(random() ** 3 * 40_000_000),
    duration: kind === 'video' || kind === 'audio' ? Math.floor(random() * 600) : null,
    taken: taken === null ? null : new Date(taken).toISOString(),
    created: new Date(created).toISOString(),
    updated: new Date(created + Math.floor(random() * 86_400_000 * 100)).toISOString(),
    year: new Date(taken ?? created).getUTCFullYear(),
    status: random() < 0.99 ? 'ready' : 'failed',
    published: random() < 0.3,
    missing: ['licence', 'copyright', 'creator', 'alt'].filter(() => random() < 0.5).concat(title === null ? ['title'] : []),
    text: words(6).join(' '),
  };
}

function draw(value: number): (typeof TYPES)[number] {
  let sum = 0;
  for (const type of TYPES) {
    sum += type[3];
    if (value < sum) return type;
  }
  return TYPES[0];
}
