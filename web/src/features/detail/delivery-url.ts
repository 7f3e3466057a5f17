/** What a person chose for a version of a picture. Numbers in px, quality 1-100. */
export interface Recipe {
  readonly width: number | null;
  readonly height: number | null;
  readonly fit: 'maintain_ratio' | 'at_max' | 'at_least' | 'pad' | 'extract' | 'force';
  readonly focus: string;
  readonly format: 'auto' | 'avif' | 'webp' | 'jpg' | 'png' | 'orig';
  readonly quality: number;
  readonly background: string;
  readonly rotate: number;
  readonly flip: 'none' | 'h' | 'v' | 'h_v';
  readonly blur: number;
}

export const DEFAULT_QUALITY = 80;

export const START: Recipe = {
  width: 800,
  height: null,
  fit: 'maintain_ratio',
  focus: 'center',
  format: 'auto',
  quality: DEFAULT_QUALITY,
  background: '#ffffff',
  rotate: 0,
  flip: 'none',
  blur: 0,
};

export const PRESETS: Record<string, Partial<Recipe>> = {
  web800: { width: 800, height: null },
  web1600: { width: 1600, height: null },
  thumb: { width: 320, height: null },
  square: { width: 1080, height: 1080, focus: 'auto' },
  story: { width: 1080, height: 1920, focus: 'auto' },
  og: { width: 1200, height: 630, focus: 'auto', format: 'jpg' },
  full: { width: null, height: null },
};

/** Only with both sides given does the fit matter. */
export const fitMatters = ({ width, height }: Recipe): boolean => width !== null && height !== null;

/** Whether something may be cut away. */
export const crops = ({ fit }: Recipe): boolean => fit === 'maintain_ratio' || fit === 'extract';
export const focusMatters = (recipe: Recipe): boolean => fitMatters(recipe) && (crops(recipe) || recipe.fit === 'pad');

const FIT_STEPS: Record<Recipe['fit'], string | null> = {
  maintain_ratio: null,
  at_max: 'c-at_max',
  at_least: 'c-at_least',
  pad: 'cm-pad_resize',
  extract: 'cm-extract',
  force: 'c-force',
};

/** The transformation string, e.g. `w-800,h-600,c-at_max,f-webp,q-70`; empty for the picture as it is. */
export function transformation(recipe: Recipe): string {
  const steps: string[] = [];
  if (recipe.width !== null) steps.push(`w-${recipe.width}`);
  if (recipe.height !== null) steps.push(`h-${recipe.height}`);
  if (fitMatters(recipe)) {
    const fit = FIT_STEPS[recipe.fit];
    if (fit) steps.push(fit);
    if (recipe.fit === 'pad') steps.push(`bg-${recipe.background.slice(1).toUpperCase()}`);
    if (focusMatters(recipe) && recipe.focus !== 'center' && !(['auto', 'custom'].includes(recipe.focus) && recipe.fit === 'pad'))
      steps.push(`fo-${recipe.focus}`);
  }
  if (recipe.rotate !== 0) steps.push(`rt-${recipe.rotate}`);
  if (recipe.flip !== 'none') steps.push(`fl-${recipe.flip}`);
  if (recipe.blur > 0) steps.push(`bl-${recipe.blur}`);
  if (recipe.format !== 'auto') steps.push(`f-${recipe.format}`);
  if (recipe.quality !== DEFAULT_QUALITY) steps.push(`q-${recipe.quality}`);
  return steps.join(',');
}

/** The still of a film, at its address: without this a transformation of it means another film, which takes minutes. */
export function stillAddress(address: string): string {
  const query = address.indexOf('?');
  const path = query < 0 ? address : address.slice(0, query);
  return `${path}/ik-thumbnail.jpg${query < 0 ? '' : address.slice(query)}`;
}

/** Puts a transformation into a delivery address: `/cdn/a/b.jpg` -> `/cdn/tr:w-800/a/b.jpg`. Absolute, as it is pasted elsewhere. */
export function deliveryUrl(address: string, recipe: Recipe, base: string): string {
  const url = new URL(address, base);
  const steps = transformation(recipe);
  if (steps) url.pathname = url.pathname.replace(/^(.*?\/cdn)\//, `$1/tr:${steps}/`);
  return url.href;
}

const WIDTHS = [320, 480, 640, 800, 1200, 1600, 2400] as const;

/** Widths worth offering to browsers: up to the original and not far above twice the wanted one. */
export function srcsetWidths(recipe: Recipe, original: number | null): number[] {
  const most = Math.min(original ?? Infinity, 2 * (recipe.width ?? 1600));
  const widths = WIDTHS.filter((width) => width <= most);
  return widths.length > 0 ? [...widths] : [original ?? 320];
}

const scaled = (recipe: Recipe, width: number): Recipe => ({
  ...recipe,
  width,
  height: recipe.width !== null && recipe.height !== null ? Math.round((recipe.height * width) / recipe.width) : null,
});

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

export interface SnippetInput {
  readonly address: string;
  readonly base: string;
  readonly recipe: Recipe;
  readonly alt: string;
  readonly originalWidth: number | null;
  /** Address of the film whose still `address` is; null = it is no film. */
  readonly film: string | null;
}

export type SnippetKind = 'video' | 'img' | 'picture' | 'markdown' | 'css';

/** Ready code for a page; `video` is empty for what is no film. */
export function snippets({ address, base, recipe, alt, originalWidth, film }: SnippetInput): Record<SnippetKind, string> {
  const url = deliveryUrl(address, recipe, base);
  const text = escapeHtml(alt);
  const set = (format: Recipe['format']) =>
    srcsetWidths(recipe, originalWidth)
      .map((width) => `${deliveryUrl(address, { ...scaled(recipe, width), format }, base)} ${width}w`)
      .join(',\n    ');
  const sizes = `(max-width: ${recipe.width ?? 1600}px) 100vw, ${recipe.width ?? 1600}px`;
  const img = `<img\n  src="${url}"\n  srcset="\n    ${set(recipe.format)}"\n  sizes="${sizes}"\n  alt="${text}" loading="lazy" decoding="async">`;
  const source = (format: 'avif' | 'webp') => `  <source type="image/${format}" sizes="${sizes}" srcset="\n    ${set(format)}">`;
  const fallback = deliveryUrl(address, { ...recipe, format: 'jpg' }, base);
  const played = film && escapeHtml(new URL(film, base).href);
  return {
    video: played
      ? `<video controls playsinline preload="none"\n  src="${played}"\n  poster="${escapeHtml(url)}" aria-label="${text}"></video>`
      : '',
    img,
    picture: `<picture>\n${source('avif')}\n${source('webp')}\n  <img src="${fallback}" alt="${text}" loading="lazy">\n</picture>`,
    markdown: `![${alt.replace(/[[\]]/g, '')}](${url})`,
    css: `background-image: url("${url}");`,
  };
}
