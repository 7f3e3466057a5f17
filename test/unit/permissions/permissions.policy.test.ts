import { expect } from 'chai';
import fc from 'fast-check';
import { BUILT_IN_ROLES, SCOPES, type Actor, type Role } from '../../../src/context.ts';
import {
  effectiveMask,
  maskOfScopes,
  presetOf,
  rightsOf,
  scopesOfVerbs,
  verbsOfRole,
} from '../../../src/modules/core/permissions/permissions.policy.ts';
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
          expect(mask & ~verbsOfRole(role)).to.equal(0);
          expect(mask & denyKey).to.equal(0);
        },
      ),
    );
  });

  it('offers each role no scope that names what it cannot do', () => {
    for (const role of BUILT_IN_ROLES) {
      for (const scope of scopesOfVerbs(verbsOfRole(role))) {
        if (scope !== 'assets:read' && scope !== 'assets:write' && scope !== 'folders:write') continue;
        expect(maskOfScopes([scope]) & verbsOfRole(role), `${role} ${scope}`).to.not.equal(0);
      }
    }
    expect(scopesOfVerbs(verbsOfRole('viewer'))).to.deep.equal(['assets:read']);
    expect(scopesOfVerbs(verbsOfRole('editor'))).to.deep.equal(['assets:read', 'assets:write', 'assets:publish', 'folders:write']);
    expect(scopesOfVerbs(verbsOfRole('admin'))).to.deep.equal([...SCOPES]);
    expect(scopesOfVerbs(verbsOfRole('vendor'))).to.deep.equal([]);
  });

  it('follows the rights matrix: R reads, W writes and deletes its own, P publishes, a guest waits to be asked in', () => {
    const holders = (verb: (typeof VERBS)[number]) => BUILT_IN_ROLES.filter((role) => verbsOfRole(role) & bitOf(verb));
    expect(holders('read')).to.deep.equal(BUILT_IN_ROLES.filter((role) => role !== 'vendor'));
    expect(holders('create')).to.deep.equal(['admin', 'editor', 'executive', 'designer']);
    expect(holders('delete_own')).to.deep.equal(['admin', 'executive', 'designer']);
    expect(holders('publish')).to.deep.equal(['admin', 'editor', 'manager', 'legal']);
    expect(holders('delete')).to.deep.equal(['admin']);
    expect(holders('manage')).to.deep.equal(['admin']);
    expect(verbsOf(presetOf('vendor'))).to.deep.equal(['list', 'read', 'rendition', 'create', 'comment', 'delete_own']);
  });

  it('lets nobody fill fields that they do not see, and an administrator see neither sums nor persons', () => {
    for (const role of BUILT_IN_ROLES) expect(rightsOf(role).visible).to.include.members([...rightsOf(role).editable]);
    expect(rightsOf('admin').visible).to.deep.equal(['public', 'internal']);
  });

  it('gives a role of the workspace’s own what was found with the actor, and without that nothing', () => {
    expect(verbsOfRole('press', maskOf(['list', 'read']))).to.equal(maskOf(['list', 'read']));
    expect(verbsOfRole('press')).to.equal(0);
    // A built-in role is what the table says, whatever an actor carries.
    expect(verbsOfRole('viewer', ALL_VERBS)).to.equal(verbsOfRole('viewer'));
    expect(effectiveMask(actor('press', { roleVerbs: ALL_VERBS }), { ...none, denyPerson: maskOf(['read']) }) & bitOf('read')).to.equal(0);
  });
});
