import { expect } from 'chai';
import { roleKey } from '../../../web/src/features/admin/role-key.ts';

describe('the key of a new role', () => {
  const FORM = /^[a-z][a-z0-9_-]{1,39}$/;

  it('is made of the name', () => {
    expect(roleKey('Press Office', new Set())).to.equal('press-office');
    expect(roleKey('  2nd Größe & Co. ', new Set())).to.equal('nd-gro-e-co');
  });

  it('is of the form that the API takes, whatever the name', () => {
    for (const name of ['X', '写真', '---', '1', 'a'.repeat(200), 'Ünïcödé', '-_-a_b'])
      expect(roleKey(name, new Set()), name).to.match(FORM);
  });

  it('is none of those that are taken', () => {
    expect(roleKey('Viewer', new Set(['viewer']))).to.equal('viewer-2');
    expect(roleKey('Viewer', new Set(['viewer', 'viewer-2']))).to.equal('viewer-3');
    const long = 'b'.repeat(60);
    expect(roleKey(long, new Set([roleKey(long, new Set())])))
      .to.match(FORM)
      .and.to.match(/-2$/);
  });
});
