import { badParameter, overLimit, unsupported } from './renditions.problem.ts';
import { type Comparison, type Condition, LAYER_TYPES, type Layer, type LayerType, type Param, type Step } from './renditions.syntax.ts';

/** Parser of transformation strings, for the whole grammar of delivery-urls 2 and 3. Pure. */

export const MAX_LENGTH = 8_192;
export const MAX_ITEMS = 200;
export const MAX_STEPS = 32;
export const MAX_LAYER_DEPTH = 3;
const MAX_CONDITION_DEPTH = 3;

interface Token {
  /** What stands before it: `:` begins a new step of whatever is open here. */
  readonly separator: '' | ',' | ':';
  /** As received, not yet decoded. */
  readonly text: string;
}

/** Decodes once; text that is no valid percent-encoding stays as it is. `+` is a literal plus. */
function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function tokens(text: string): Token[] {
  const out: Token[] = [];
  let separator: Token['separator'] = '';
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const char = text[at];
    if (char !== ',' && char !== ':' && char !== undefined) continue;
    // Nothing between two separators says nothing; a `:` still begins a step.
    if (at > start) {
      out.push({ separator, text: text.slice(start, at) });
      separator = ',';
    }
    if (char === ':') separator = ':';
    start = at + 1;
  }
  if (out.length > MAX_ITEMS) throw overLimit('transformation parameters', out.length, MAX_ITEMS);
  return out;
}

/** Splits at the first hyphen after the key; `e-` keys hold one themselves. */
export function parseParam(text: string): Param {
  const from = text.startsWith('e-') ? 2 : 0;
  const hyphen = text.indexOf('-', from);
  const key = hyphen < 0 ? text : text.slice(0, hyphen);
  return { kind: 'param', key: decode(key), value: hyphen < 0 ? null : decode(text.slice(hyphen + 1)) };
}

const COMPARISON = /^(w|h|ar|iw|ih|iar)_(eq|ne|gte|gt|lte|lt)_(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?$/;

function parseComparison(text: string): Comparison {
  const match = COMPARISON.exec(text);
  if (!match) throw badParameter('if', `"${text.slice(0, 60)}" is not a condition`);
  const [, property, cmp, first, second] = match;
  const value = second === undefined ? Number(first) : ([Number(first), Number(second)] as const);
  return { property: property as Comparison['property'], cmp: cmp as Comparison['cmp'], value };
}

/** `iw_gt_500_and_ih_lt_900_or_ar_eq_4-3`: alternatives of conjunctions. */
export function parseCondition(text: string): Condition {
  return text.split('_or_').map((all) => all.split('_and_').map(parseComparison));
}

function layerType(text: string): LayerType {
  const name = text.slice(2);
  const type = LAYER_TYPES.find((each) => each === name);
  if (!type) throw unsupported(text.slice(0, 40));
  return type;
}

/** One pass over the tokens, descending at `l-…` and `if-…`. */
class Parser {
  private at = 0;
  private readonly list: readonly Token[];

  constructor(list: readonly Token[]) {
    this.list = list;
  }

  /** Steps up to one of `ends` (left unread) or the end of input. */
  steps(ends: readonly string[], depth: { layer: number; condition: number }): Step[] {
    const out: Step[] = [];
    let items: (Param | Layer)[] = [];
    const close = () => {
      if (items.length > 0) out.push({ kind: 'items', items });
      items = [];
    };
    for (let token = this.list[this.at]; token && !ends.includes(token.text); token = this.list[this.at]) {
      if (token.separator === ':') close();
      this.at++;
      if (token.text === 'l-end' || token.text === 'if-else' || token.text === 'if-end') {
        throw badParameter(token.text, `${token.text} closes nothing here`);
      }
      if (token.text.startsWith('if-')) {
        if (items.length > 0) throw badParameter('if', 'a condition must be the only item of its step');
        out.push(this.conditional(token.text, depth));
        const next = this.list[this.at];
        if (next && next.separator !== ':' && !ends.includes(next.text)) {
          throw badParameter('if', 'a condition must be the only item of its step');
        }
      } else if (token.text.startsWith('l-')) items.push(this.layer(token.text, depth));
      else items.push(parseParam(token.text));
    }
    close();
    if (out.length > MAX_STEPS) throw overLimit('transformation steps', out.length, MAX_STEPS);
    return out;
  }

  private layer(text: string, depth: { layer: number; condition: number }): Layer {
    const type = layerType(text);
    if (depth.layer >= MAX_LAYER_DEPTH) throw overLimit('layer depth', depth.layer + 1, MAX_LAYER_DEPTH);
    const steps = this.steps(['l-end'], { ...depth, layer: depth.layer + 1 });
    this.expect('l-end', text);
    return { kind: 'layer', type, steps };
  }

  private conditional(text: string, depth: { layer: number; condition: number }): Step {
    if (depth.condition >= MAX_CONDITION_DEPTH) throw overLimit('condition depth', depth.condition + 1, MAX_CONDITION_DEPTH);
    const inner = { ...depth, condition: depth.condition + 1 };
    const condition = parseCondition(text.slice(3));
    const then = this.steps(['if-else', 'if-end'], inner);
    let otherwise: Step[] | null = null;
    if (this.list[this.at]?.text === 'if-else') {
      this.at++;
      otherwise = this.steps(['if-end'], inner);
    }
    this.expect('if-end', 'if');
    return { kind: 'conditional', condition, then, otherwise };
  }

  private expect(end: string, opened: string): void {
    if (this.list[this.at]?.text !== end) throw badParameter(opened.slice(0, 40), `${opened.slice(0, 40)} is not closed by ${end}`);
    this.at++;
  }
}

/**
 * Parses one transformation as it stands in a URL (still percent-encoded). Clients that encode the whole string are
 * recognised by having no literal separator: those are decoded once before splitting, all others only value by value.
 * @throws TransformationError EPARAM, EUNSUPPORTED (layer type) or ELIMIT
 */
export function parseTransformation(raw: string): Step[] {
  if (raw.length > MAX_LENGTH) throw overLimit('transformation length', raw.length, MAX_LENGTH);
  const encoded = !/[,:]/.test(raw.replace(/^tr:/, '')) && /%(2c|3a)/i.test(raw);
  const text = (encoded ? decode(raw) : raw).replace(/^tr:/, '');
  return new Parser(tokens(text)).steps([], { layer: 0, condition: 0 });
}
