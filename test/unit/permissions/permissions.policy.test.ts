import { expect } from 'chai';
import fc from 'fast-check';
import { SCOPES, type Actor, type Role } from '../../../src/context.ts';
import { effectiveMask, maskOfScopes, presetOf, scopesOfRole } from '../../../src/modules/core/permissions/permissions.policy.ts';
import { ALL_VERBS, bitOf, maskOf, VERBS, verbsOf } from '../../../src/modules/core/permissions/permissions.verbs.ts';

const none = { rooted: true, allow: 0, denyPerson: 0, denyKey: 0 };
const actor = (role: Role | null, over: Partial<Actor> = {}): Actor => ({
  kind: 'user',
  id: 'u',
  userId: 'u',
  role,
  scopes: null,
  ...over,
});

describe('permissions policy', () => {
  it('numbers the verbs as decisions 4 does', () => {
    expect(bitOf('list')).to.equal(1);
    expect(bitOf('manage')).to.equal(1 << 11);
    expect(verbsOf(ALL_VERBS)).to.deep.equal([...VERBS]);
  });

  it('gives the presets of the roles', () => {
    expect(verbsOf(presetOf('viewer'))).to.deep.equal(['list', 'read', 'rendition']);
    expect(verbsOf(presetOf('editor'))).to.have.members([
      ...['list', 'read', 'rendition', 'original', 'create', 'edit', 'replace', 'comment', 'publish', 'share'],
    ]);
    expect(presetOf('admin')).to.equal(ALL_VERBS);
  });

  it('gives nobody nothing and the system everything', () => {
    expect(effectiveMask({ kind: 'anonymous', role: null, scopes: [] }, { ...none, allow: ALL_VERBS })).to.equal(0);
    expect(effectiveMask({ kind: 'system', role: 'admin', scopes: null }, { ...none, denyPerson: ALL_VERBS })).to.equal(ALL_VERBS);
  });

  it('lets a denial win over role and grant, except for administrators', () => {
    const denied = { ...none, allow: ALL_VERBS, denyPerson: maskOf(['read']) };
    expect(verbsOf(effectiveMask(actor('editor'), denied))).not.to.include('read');
    expect(effectiveMask(actor('admin'), denied)).to.equal(ALL_VERBS);
  });

  it('counts the role only where the chain ends at the workspace', () => {
    expect(effectiveMask(actor('editor'), { ...none, rooted: false })).to.equal(0);
    expect(effectiveMask(actor('admin'), { ...none, rooted: false })).to.equal(ALL_VERBS);
  });

  it('never lets a key do more than its scopes or its role (property)', () => {
    const bits = fc.integer({ min: 0, max: ALL_VERBS });
    fc.assert(
      fc.property(
        fc.constantFrom<Role>('viewer', 'editor', 'admin'),
        fc.subarray([...SCOPES]),
        bits,
        bits,
        (role, scopes, denyPerson, denyKey) => {
          const mask = effectiveMask(actor(role, { kind: 'api_key', scopes }), { rooted: true, allow: 0, denyPerson, denyKey });
          expect(mask & ~maskOfScopes(scopes)).to.equal(0);
          expect(mask & ~presetOf(role)).to.equal(0);
          expect(mask & denyKey).to.equal(0);
        },
      ),
    );
  });

  it('offers each role no scope that names what it cannot do', () => {
    for (const role of ['viewer', 'editor', 'admin'] as const) {
      for (const scope of scopesOfRole(role)) {
        if (scope !== 'assets:read' && scope !== 'assets:write' && scope !== 'folders:write') continue;
        expect(maskOfScopes([scope]) & presetOf(role)).to.not.equal(0);
      }
    }
    expect(scopesOfRole('editor')).not.to.include('workspace:manage');
  });
});
