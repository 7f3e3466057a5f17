/** What an SVG may hold when it leaves the house as one: elements that draw, and references into itself. Pure. */

export const SVG = 'http://www.w3.org/2000/svg';
const XLINK = 'http://www.w3.org/1999/xlink';
const XML = 'http://www.w3.org/XML/1998/namespace';

/** Scripts, foreign objects, embedded documents and media are not among them; what is not named goes, with all that is inside. */
const ELEMENTS: ReadonlySet<string> = new Set(
  `svg g defs symbol use switch a view title desc style path rect circle ellipse line polyline polygon text tspan textPath tref image marker pattern mask
   clipPath linearGradient radialGradient stop filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
   feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology
   feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence animate animateTransform animateMotion mpath set`.split(/\s+/),
);
const ANIMATED: ReadonlySet<string> = new Set(['animate', 'animateTransform', 'animateMotion', 'set']);
const PICTURES: ReadonlySet<string> = new Set(['image', 'feImage']);

export interface Attribute {
  readonly uri: string;
  readonly local: string;
  readonly value: string;
}

/** Files of before namespaces count as SVG. */
const isSvg = (uri: string): boolean => uri === SVG || uri === '';

const isLink = ({ uri, local }: Attribute): boolean => local === 'href' && (uri === '' || uri === XLINK);

/** An animation could make of a harmless attribute one that is not. */
const animatesDanger = ({ uri, local, value }: Attribute): boolean =>
  uri === '' && local === 'attributeName' && /^(on|style$|class$)|href$|src$/i.test(value.trim().replace(/^.*:/, ''));

export function mayStand(element: { uri: string; local: string }, attributes: readonly Attribute[]): boolean {
  if (!isSvg(element.uri) || !ELEMENTS.has(element.local)) return false;
  return !ANIMATED.has(element.local) || !attributes.some(animatesDanger);
}

/** CSS can hide what it means behind escapes, and fetch in more ways than `url()`. */
const DANGEROUS = /\\|(java|vb)script\s*:|expression\s*\(|@import|image-set\s*\(|\bsrc\s*\(|behavior\s*:|-moz-binding|<\//i;
const URLS = /url\s*\(\s*["']?\s*(#?)/gi;

const staysInside = (css: string): boolean => !DANGEROUS.test(css) && [...css.matchAll(URLS)].every(([, hash]) => hash === '#');

/** Spaces and control characters are not looked at by whoever follows an address. */
const bare = (address: string): string => [...address].filter((char) => char > ' ').join('');

function mayLink(element: string, value: string): boolean {
  const address = bare(value);
  if (address.startsWith('#')) return true;
  return PICTURES.has(element) && /^data:image\/(png|jpeg|gif|webp|avif);base64,/i.test(address);
}

/** The attribute as it is written; null = it goes. */
export function nameOf(element: string, attribute: Attribute): string | null {
  const { uri, local, value } = attribute;
  if (isLink(attribute)) return mayLink(element, value) ? (uri === XLINK ? 'xlink:href' : 'href') : null;
  if (uri === XML) return local === 'space' || local === 'lang' ? `xml:${local}` : null;
  if (uri !== '' || /^on|^(ping|src|xmlns)$/i.test(local)) return null;
  return staysInside(value) ? local : null;
}

/** A style sheet without what it would fetch; empty when it cannot be told. */
export function cleanCss(css: string): string {
  const clean = css
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/@(import|namespace|charset)[^;{}]*(;|$)/gi, ' ')
    .replace(/@font-face\s*\{[^}]*\}/gi, ' ')
    .replace(/url\s*\(\s*(?!["']?\s*#)("[^"]*"|'[^']*'|[^)"']*)\s*\)/gi, 'none');
  return staysInside(clean) ? clean : '';
}
