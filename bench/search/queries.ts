import { PLANTED } from './corpus.ts';

/** The 200 fixed queries as people send them: six kinds, each with and without five facets. */

export interface FixedQuery {
  readonly kind: string;
  readonly faceted: boolean;
  /** Query string of `GET /api/v1/assets`. */
  readonly search: string;
}

export const KINDS = ['browse', 'word 0.1 %', 'word 1 %', 'word 10 %', 'misspelt word', 'two filters'] as const;
const FACETS = 'kind,tags,camera,colour,year';
const COUNT = 200;

const SORTS = ['-created', 'name', '-bytes', '-taken'];
const FILTERS: readonly Record<string, string>[] = [
  { kind: 'image', year: '2022,2023' },
  { orientation: 'portrait', width: '>=3000' },
  { camera: 'Canon EOS R5,Nikon Z9', colour: 'blue' },
  { missing: 'licence', bytes: '<5mb' },
];

export function fixedQueries(): FixedQuery[] {
  return Array.from({ length: COUNT }, (_, at) => {
    const variant = Math.floor(at / (KINDS.length * 2));
    const faceted = Math.floor(at / KINDS.length) % 2 === 1;
    const kind = KINDS[at % KINDS.length] ?? 'browse';
    const search = new URLSearchParams({ limit: '50', ...partOf(kind, variant), ...(faceted && { facets: FACETS }) });
    return { kind, faceted, search: search.toString() };
  });
}

function partOf(kind: (typeof KINDS)[number], variant: number): Record<string, string> {
  const pick = <T>(list: readonly T[]): T => list[variant % list.length] as T;
  const planted = (index: number) => pick(PLANTED[index]?.[1] ?? []);
  if (kind === 'browse') return { sort: pick(SORTS) };
  if (kind === 'two filters') return pick(FILTERS);
  if (kind === 'misspelt word') return { q: misspelt(planted(variant % 2), variant) };
  return { q: planted(KINDS.indexOf(kind) - 1) };
}

/** One edit: a letter left out, doubled, replaced or swapped with its neighbour. */
function misspelt(word: string, variant: number): string {
  const at = 2 + (variant % (word.length - 4));
  const [head, letter, next, tail] = [word.slice(0, at), word.charAt(at), word.charAt(at + 1), word.slice(at + 2)];
  const left = [
    `${head}${next}${tail}`,
    `${head}${letter}${letter}${next}${tail}`,
    `${head}x${next}${tail}`,
    `${head}${next}${letter}${tail}`,
  ];
  return left[variant % left.length] ?? word;
}
