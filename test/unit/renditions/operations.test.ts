import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { EXAMPLES, transformationsPage } from '../../../scripts/docs-transformations.ts';
import { OPERATIONS, parseTransformation, readSteps } from '../../../src/modules/library/renditions/index.ts';
import { LATER_KEYS, OVERLAY_KEYS } from '../../../src/modules/library/renditions/operations/index.ts';

describe('operations', () => {
  it('own every key once, and none that is refused', () => {
    const keys = OPERATIONS.flatMap((operation) => [...operation.keys]);
    expect(new Set(keys).size).to.equal(keys.length);
    expect(keys.filter((key) => LATER_KEYS.has(key) || OVERLAY_KEYS.has(key))).to.deep.equal([]);
  });

  for (const { name, keys, doc } of OPERATIONS) {
    it(`${name} documents each of its keys and gives an example that works`, () => {
      expect(Object.keys(doc.parameters)).to.have.members([...keys]);
      expect(() => readSteps(parseTransformation(doc.example), { strict: true })).to.not.throw();
      expect(keys.some((key) => new RegExp(`(^|[,:])${key}(-|$)`).test(doc.example))).to.equal(true);
      expect(transformationsPage()).to.include(doc.summary);
    });
  }

  it('have a picture of each example in the docs, and of no other', () => {
    const folder = join(import.meta.dirname, '../../../docs/images/transformations');
    for (const { file, transformation } of EXAMPLES) {
      expect(existsSync(join(folder, file)), `${transformation}: npm run docs:transformations`).to.equal(true);
      expect(() => readSteps(parseTransformation(transformation), { strict: true }), transformation).to.not.throw();
    }
    expect(readdirSync(folder).sort()).to.deep.equal([...new Set(EXAMPLES.map(({ file }) => file))].sort());
  });
});
