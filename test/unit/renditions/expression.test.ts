import { expect } from 'chai';
import { evaluate, parseExpression } from '../../../src/modules/library/renditions/renditions.expression.ts';

const value = (text: string, variables = {}) => {
  const expression = parseExpression(text);
  return expression ? evaluate(expression, variables) : 'not an expression';
};

describe('expressions in parameters', () => {
  const table: [text: string, result: number | null | string, variables?: Record<string, number>][] = [
    ['5', 5],
    ['iw', 400, { iw: 400 }],
    ['iw_div_2', 200, { iw: 400 }],
    ['iw_mul_0.4_add_10', 170, { iw: 400 }],
    ['10_add_iw_mul_2', 810, { iw: 400 }],
    ['2_add_3_pow_2', 25],
    ['7_mod_4_add_1', 2],
    ['10_sub_2_sub_3', 5],
    ['100_div_10_div_2', 5],
    ['1_div_0', null],
    ['bw_mul_2', null],
    ['iw_times_2', 'not an expression'],
    ['iw_mul', 'not an expression'],
    ['-4', 'not an expression'],
    ['', 'not an expression'],
  ];
  for (const [text, result, variables] of table) {
    it(`${text || '(nothing)'} is ${result}`, () => expect(value(text, variables)).to.equal(result));
  }
});
