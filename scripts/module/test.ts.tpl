import { expect } from 'chai';
import { {{item}}Actions } from '../../../src/modules/{{tier}}/{{name}}/{{name}}.policy.ts';
import { {{item}}CreateSchema, {{item}}Query } from '../../../src/modules/{{tier}}/{{name}}/{{name}}.schema.ts';

describe('{{name}}', () => {
  it('asks for a verb of its own for everything that changes something', () => {
    expect({{item}}Actions.create).to.not.be.oneOf([{{item}}Actions.list, {{item}}Actions.read]);
    expect({{item}}Actions.remove).to.not.be.oneOf([{{item}}Actions.list, {{item}}Actions.read]);
  });

  it('takes a name, trimmed, and nothing it does not know', () => {
    expect({{item}}CreateSchema.parse({ name: ' One ' })).to.deep.equal({ name: 'One' });
    expect({{item}}CreateSchema.safeParse({ name: '  ' }).success).to.equal(false);
    expect({{item}}CreateSchema.safeParse({ name: 'One', id: 'x' }).success).to.equal(false);
  });

  it('lists 50 unless told otherwise, and 200 at most', () => {
    expect({{item}}Query.parse({}).limit).to.equal(50);
    expect({{item}}Query.safeParse({ limit: '201' }).success).to.equal(false);
  });
});
