/** Arithmetic in parameters, `iw_div_2_add_10`. Pure; imports nothing. */

export const VARIABLES = ['iw', 'ih', 'iar', 'cw', 'ch', 'car', 'bw', 'bh', 'bar', 'idu', 'bdu', 'idn'] as const;
export type Variable = (typeof VARIABLES)[number];
export const OPERATORS = ['add', 'sub', 'mul', 'div', 'mod', 'pow'] as const;
export type Operator = (typeof OPERATORS)[number];

/** Operand, then pairs of operator and operand, as written. */
export interface Expression {
  readonly first: number | Variable;
  readonly rest: readonly { readonly op: Operator; readonly operand: number | Variable }[];
}

const NUMBER = /^\d+(\.\d+)?$/;
const MAX_OPERANDS = 20;

function operand(text: string | undefined): number | Variable | null {
  if (text === undefined) return null;
  if (NUMBER.test(text)) return Number(text);
  return VARIABLES.find((each) => each === text) ?? null;
}

/** null when the text is not an expression (a plain number is one). */
export function parseExpression(text: string): Expression | null {
  const words = text.split('_');
  if (words.length % 2 === 0 || words.length > MAX_OPERANDS * 2) return null;
  const first = operand(words[0]);
  if (first === null) return null;
  const rest: { op: Operator; operand: number | Variable }[] = [];
  for (let at = 1; at < words.length; at += 2) {
    const op = OPERATORS.find((each) => each === words[at]);
    const value = operand(words[at + 1]);
    if (!op || value === null) return null;
    rest.push({ op, operand: value });
  }
  return { first, rest };
}

const APPLY: Record<Operator, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
  pow: (a, b) => a ** b,
};

/** The documented passes, each left to right; `pow` binds weakest, so 2_add_3_pow_2 is 25. */
const PASSES: readonly (readonly Operator[])[] = [['mul', 'div'], ['add', 'sub'], ['mod'], ['pow']];

/** The value, or null when a variable is unknown here or the result is not finite. */
export function evaluate(expression: Expression, variables: Readonly<Partial<Record<Variable, number>>>): number | null {
  const known = (value: number | Variable) => (typeof value === 'number' ? value : (variables[value] ?? Number.NaN));
  let first = known(expression.first);
  let rest = expression.rest.map(({ op, operand: value }) => ({ op, value: known(value) }));
  for (const pass of PASSES) {
    const left: { op: Operator; value: number }[] = [];
    for (const item of rest) {
      const last = left.at(-1);
      if (!pass.includes(item.op)) left.push({ ...item });
      else if (last) last.value = APPLY[item.op](last.value, item.value);
      else first = APPLY[item.op](first, item.value);
    }
    rest = left;
  }
  return Number.isFinite(first) ? first : null;
}
