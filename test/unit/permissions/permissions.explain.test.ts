import { expect } from 'chai';
import fc from 'fast-check';
import { BUILT_IN_ROLES, SCOPES } from '../../../src/context.ts';
import type { GrantRow, Link } from '../../../src/modules/core/permissions/grants.repository.ts';
import { explain } from '../../../src/modules/core/permissions/permissions.explain.ts';
import { effectiveMask, type Standing } from '../../../src/modules/core/permissions/permissions.policy.ts';
import { ALL_VERBS, bitOf, maskOf, VERBS } from '../../../src/modules/core/permissions/permissions.verbs.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const PRINCIPALS = { userId: 'u', groupIds: ['g1', 'g2'], keyId: 'k' };

let ids = 0;
const grant = (over: Partial<GrantRow>): GrantRow => ({
  ...{ id: `g${++ids}`, aclId: 'a', principal: { kind: 'user', id: 'u' }, principalName: null },
  ...{ verbs: ALL_VERBS, effect: 'allow', until: null, createdAt: NOW },
  ...over,
});
const link = (kind: string, ...grants: GrantRow[]): Link => ({ aclId: kind, kind, grants });
const user = (role: string): Standing => ({ kind: 'user', role, scopes: null });

describe('permissions explain', () => {
  it('never disagrees with the engine (property)', () => {
    const grants = fc.record({
      principal: fc.constantFrom(
        ...([
          { kind: 'user', id: 'u' },
          { kind: 'user', id: 'else' },
          { kind: 'group', id: 'g1' },
          { kind: 'group', id: 'g3' },
          { kind: 'api_key', id: 'k' },
          { kind: 'api_key', id: 'other' },
        ] as const),
      ),
      verbs: fc.integer({ min: 0, max: ALL_VERBS }),
      effect: fc.constantFrom('allow' as const, 'deny' as const),
      until: fc.constantFrom(null, new Date(NOW.getTime() - 1), NOW, new Date(NOW.getTime() + 1)),
    });
    const actor = fc.record({
      role: fc.constantFrom(...BUILT_IN_ROLES, 'own', 'gone', null),
      key: fc.option(fc.subarray([...SCOPES])),
      anonymous: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(fc.array(grants, { maxLength: 3 }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        actor,
        (levels, rooted, { role, key, anonymous }) => {
          const kind = anonymous ? 'anonymous' : key === null ? 'user' : 'api_key';
          const standing: Standing = {
            kind,
            role,
            scopes: key,
            ...(role === 'own' ? { roleVerbs: maskOf(['list', 'edit', 'manage']) } : {}),
          };
          const principals = key === null ? { ...PRINCIPALS, keyId: null } : PRINCIPALS;
          const chain = levels.map((level, at) =>
            link(rooted && at === levels.length - 1 ? 'workspace' : 'folder', ...level.map((over) => grant(over))),
          );
          // What the query of the engine does: OR over the chain of what is in force and for these principals.
          const mine = chain
            .flatMap(({ grants }) => grants)
            .filter(({ until }) => until === null || until > NOW)
            .filter(({ principal: { kind, id } }) =>
              kind === 'user' ? id === 'u' : kind === 'group' ? ['g1', 'g2'].includes(id) : key !== null && id === 'k',
            );
          const or = (of: GrantRow[]) => of.reduce((mask, { verbs }) => mask | verbs, 0);
          const mask = effectiveMask(standing, {
            rooted,
            allow: or(mine.filter(({ effect }) => effect === 'allow')),
            denyPerson: or(mine.filter(({ effect, principal }) => effect === 'deny' && principal.kind !== 'api_key')),
            denyKey: or(mine.filter(({ effect, principal }) => effect === 'deny' && principal.kind === 'api_key')),
          });
          for (const verb of VERBS) {
            const told = explain(standing, principals, verb, chain, NOW);
            expect(told.allowed, verb).to.equal((mask & bitOf(verb)) !== 0);
            const deciding = told.steps.filter((step) => step.step === 'grant' && step.decides);
            expect(deciding.length > 0, told.because).to.equal(told.because === 'denied' || told.because === 'grant');
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('names what decides', () => {
    const allow = grant({ verbs: maskOf(['edit']) });
    const deny = grant({ verbs: maskOf(['edit']), effect: 'deny', principal: { kind: 'group', id: 'g1' } });
    const root = link('workspace');
    const because = (standing: Standing, ...chain: Link[]) => explain(standing, PRINCIPALS, 'edit', chain, NOW).because;
    expect(because(user('viewer'), root)).to.equal('not_granted');
    expect(because(user('editor'), root)).to.equal('role');
    expect(because(user('viewer'), link('folder', allow), root)).to.equal('grant');
    expect(because(user('viewer'), link('folder', allow, deny), root)).to.equal('denied');
    expect(because(user('admin'), link('folder', deny), root)).to.equal('role');
    expect(because(user('editor'), link('folder'))).to.equal('inheritance_broken');
    expect(because({ kind: 'api_key', role: 'editor', scopes: ['assets:read'] }, root)).to.equal('scope');
    const told = explain(user('viewer'), PRINCIPALS, 'edit', [link('folder', allow), link('folder', deny), root], NOW);
    expect(told.steps).to.deep.equal([
      { step: 'role', role: 'viewer', gives: false, counts: true },
      { step: 'grant', grant: allow, decides: false },
      { step: 'grant', grant: deny, decides: true },
    ]);
  });
});
