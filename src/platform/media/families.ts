/** Typefaces that text layers may use. Pure. */

/** Name in URLs and in the font files, and the package. */
export const FONT_FAMILIES: Readonly<Record<string, string>> = {
  'Abril Fatface': 'abril-fatface',
  Amaranth: 'amaranth',
  Arvo: 'arvo',
  Audiowide: 'audiowide',
  Chivo: 'chivo',
  'Crimson Text': 'crimson-text',
  Exo: 'exo',
  Fredoka: 'fredoka',
  'Gravitas One': 'gravitas-one',
  Kanit: 'kanit',
  Lato: 'lato',
  Lobster: 'lobster',
  Lora: 'lora',
  Monoton: 'monoton',
  Montserrat: 'montserrat',
  'Old Standard TT': 'old-standard-tt',
  'Open Sans': 'open-sans',
  'PT Mono': 'pt-mono',
  'PT Serif': 'pt-serif',
  Roboto: 'roboto',
  Ubuntu: 'ubuntu',
  Vollkorn: 'vollkorn',
};

export const DEFAULT_FONT = 'Roboto';

const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '');
const BY_PLAIN = new Map(Object.keys(FONT_FAMILIES).map((family) => [plain(family), family]));
/** Names other services have for the same. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['fredokaone', 'Fredoka'],
  ['oldstandard', 'Old Standard TT'],
]);

/** The family of this name in whatever spelling (`OpenSans`, `open sans`), or null. */
export function fontFamily(name: string): string | null {
  return BY_PLAIN.get(plain(name)) ?? ALIASES.get(plain(name)) ?? null;
}

/** What a typeface of the library is called while a picture is made with it. */
export const ownFamily = (file: number): string => `Damson Own ${file}`;
