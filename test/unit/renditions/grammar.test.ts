import { expect } from 'chai';
import fc from 'fast-check';
import { parseParam, parseTransformation } from '../../../src/modules/library/renditions/renditions.grammar.ts';
import { TransformationError } from '../../../src/modules/library/renditions/renditions.problem.ts';
import {
  type Condition,
  type Layer,
  type Param,
  printSteps,
  type Step,
} from '../../../src/modules/library/renditions/renditions.syntax.ts';

const param = (key: string, value: string | null = null): Param => ({ kind: 'param', key, value });
const items = (...list: (Param | Layer)[]): Step => ({ kind: 'items', items: list });

function code(text: string): string {
  try {
    parseTransformation(text);
    return 'parsed';
  } catch (error) {
    return error instanceof TransformationError ? error.code : 'other error';
  }
}

describe('transformation grammar', () => {
  const table: [text: string, tree: Step[]][] = [
    ['', []],
    ['tr:', []],
    ['w-200', [items(param('w', '200'))]],
    ['tr:w-200,h-100', [items(param('w', '200'), param('h', '100'))]],
    ['w-200:rt-90', [items(param('w', '200')), items(param('rt', '90'))]],
    ['w-200,,h-1:', [items(param('w', '200'), param('h', '1'))]],
    // Whole string encoded (unpic, older SDKs): decoded once, then split.
    ['w-200%2Ch-100%3Art-90', [items(param('w', '200'), param('h', '100')), items(param('rt', '90'))]],
    ['W-200%2ch-1', [items(param('W', '200'), param('h', '1'))]],
    // A literal separator: split first, values decoded afterwards.
    ['l-text,i-a%2Cb%3Ac%2Fd,l-end', [items({ kind: 'layer', type: 'text', steps: [items(param('i', 'a,b:c/d'))] })]],
    ['i-100%,w-1', [items(param('i', '100%'), param('w', '1'))]],
    ['i-a+b,w-1', [items(param('i', 'a+b'), param('w', '1'))]],
    ['ar-4-3,e-usm-2-2-0.8-0.024', [items(param('ar', '4-3'), param('e-usm', '2-2-0.8-0.024'))]],
    ['e-sharpen,orig,di-', [items(param('e-sharpen'), param('orig'), param('di', ''))]],
    // Depth: a colon inside a layer or branch is a step of that layer or branch.
    [
      'w-9,l-image,i-logo.png,w-100:rt-45,l-end,h-8:q-5',
      [
        items(
          param('w', '9'),
          { kind: 'layer', type: 'image', steps: [items(param('i', 'logo.png'), param('w', '100')), items(param('rt', '45'))] },
          param('h', '8'),
        ),
        items(param('q', '5')),
      ],
    ],
    [
      'if-iw_gt_1000,w-800:rt-90,if-else,w-300,if-end:q-5',
      [
        {
          kind: 'conditional',
          condition: [[{ property: 'iw', cmp: 'gt', value: 1000 }]],
          then: [items(param('w', '800')), items(param('rt', '90'))],
          otherwise: [items(param('w', '300'))],
        },
        items(param('q', '5')),
      ],
    ],
    [
      'if-iw_gte_10_and_ar_lt_4-3_or_h_ne_2.5,w-1,if-end',
      [
        {
          kind: 'conditional',
          condition: [
            [
              { property: 'iw', cmp: 'gte', value: 10 },
              { property: 'ar', cmp: 'lt', value: [4, 3] },
            ],
            [{ property: 'h', cmp: 'ne', value: 2.5 }],
          ],
          then: [items(param('w', '1'))],
          otherwise: null,
        },
      ],
    ],
    [
      'l-image,i-a:l-text,i-b,l-end,l-end',
      [
        items({
          kind: 'layer',
          type: 'image',
          steps: [items(param('i', 'a')), items({ kind: 'layer', type: 'text', steps: [items(param('i', 'b'))] })],
        }),
      ],
    ],
  ];
  for (const [text, tree] of table) it(`reads ${text || '(nothing)'}`, () => expect(parseTransformation(text)).to.deep.equal(tree));

  const refused: [text: string, code: string][] = [
    ['l-end', 'EPARAM'],
    ['w-1,if-end', 'EPARAM'],
    ['l-image,i-a', 'EPARAM'],
    ['if-iw_gt_1,w-1', 'EPARAM'],
    ['if-iw_over_1,w-1,if-end', 'EPARAM'],
    ['w-1,if-iw_gt_1,w-2,if-end', 'EPARAM'],
    ['if-iw_gt_1,w-2,if-end,h-1', 'EPARAM'],
    ['l-image,i-a,if-end,l-end', 'EPARAM'],
    ['l-gadget,i-a,l-end', 'EUNSUPPORTED'],
    [`${'l-image,i-a,'.repeat(4)}${'l-end,'.repeat(4)}`, 'ELIMIT'],
    [Array(201).fill('w-1').join(','), 'ELIMIT'],
    [Array(33).fill('w-1').join(':'), 'ELIMIT'],
    ['i-'.padEnd(8_193, 'x'), 'ELIMIT'],
  ];
  for (const [text, expected] of refused) it(`refuses ${text.slice(0, 50)} as ${expected}`, () => expect(code(text)).to.equal(expected));

  it('splits key and value at the first hyphen, after e- at the next', () => {
    expect(parseParam('w')).to.deep.equal(param('w'));
    expect(parseParam('bg-genfill-prompt-a-b')).to.deep.equal(param('bg', 'genfill-prompt-a-b'));
    expect(parseParam('e-shadow-bl-15_st-40')).to.deep.equal(param('e-shadow', 'bl-15_st-40'));
    expect(parseParam('e-')).to.deep.equal(param('e-', null));
  });

  it('never throws anything but a transformation error, whatever it is given', () => {
    const piece = fc.oneof(
      fc.constantFrom('l-image', 'l-end', 'if-iw_gt_1', 'if-else', 'if-end', ',', ':', '%', '%2C', '%3A', '-', 'tr:', 'w-1', 'e-'),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(code(pieces.join(''))).to.not.equal('other error');
      }),
      { numRuns: 500 },
    );
  });

  it('parses what it prints back to the same tree', () => {
    const key = fc.constantFrom('w', 'h', 'c', 'i', 'e-usm', 'ar', 'bg');
    const leaf: fc.Arbitrary<Param> = fc.record({
      kind: fc.constant('param' as const),
      key,
      value: fc.option(fc.string({ unit: 'grapheme', maxLength: 8 })),
    });
    const layer = (inner: fc.Arbitrary<Step[]>): fc.Arbitrary<Layer> =>
      fc.record({ kind: fc.constant('layer' as const), type: fc.constantFrom('image' as const, 'text' as const), steps: inner });
    const step = (item: fc.Arbitrary<Param | Layer>) =>
      fc.record({ kind: fc.constant('items' as const), items: fc.array(item, { minLength: 1, maxLength: 4 }) }) as fc.Arbitrary<Step>;
    const steps = (item: fc.Arbitrary<Param | Layer>) => fc.array(step(item), { minLength: 1, maxLength: 3 });
    const conditional: fc.Arbitrary<Step> = fc.record({
      kind: fc.constant('conditional' as const),
      condition: fc.constant<Condition>([[{ property: 'iw', cmp: 'gt', value: 3 }]]),
      then: steps(leaf),
      otherwise: fc.option(steps(leaf), { nil: null }),
    });
    const tree = fc.array(fc.oneof(step(fc.oneof(leaf, layer(steps(leaf)))), conditional), { minLength: 1, maxLength: 4 });
    fc.assert(
      // A leading literal separator tells "value by value" encoding; `w-1,` gives one to trees that have none.
      fc.property(tree, (given) => {
        const all: Step[] = [items(param('w', '1'), param('h', '1')), ...given];
        expect(parseTransformation(printSteps(all))).to.deep.equal(all);
      }),
      { numRuns: 300 },
    );
  });
});
