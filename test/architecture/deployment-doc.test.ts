import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { UPLOAD_LIFETIME_MS } from '../../src/modules/library/uploads/uploads.row.ts';
import { explain } from '../../src/platform/storage/s3-errors.ts';
import { isOwn, keys } from '../../src/platform/storage/keys.ts';
import { ROOT } from './cruise.ts';

/** What docs/deployment.md has people paste into their bucket. */

interface Rule {
  readonly Filter: { readonly Prefix: string };
  readonly Expiration?: { readonly Days: number };
  readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation: number };
}

describe('docs/deployment.md', () => {
  const text = readFileSync(join(ROOT, 'docs/deployment.md'), 'utf8');

  it('asks for the rights that are asked for when they are missing, and no others', () => {
    const policy = JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '') as { Statement: { Action: string | string[] }[] };
    const named = policy.Statement.flatMap(({ Action }) => Action);
    const denied = explain(Object.assign(new Error('no'), { name: 'AccessDenied' }), { endpoint: null, region: 'r', bucket: 'b' });
    expect(named).to.have.members(denied.match(/s3:\w+/g) ?? []);
  });

  it('lets a bucket forget only what Damson keeps for itself, and no sooner than uploads end', () => {
    const { Rules: rules } = JSON.parse(/lifecycle\.json <<'END'\n([\s\S]*?)END/.exec(text)?.[1] ?? '') as { Rules: Rule[] };
    const expired = rules.filter((rule) => rule.Expiration !== undefined);
    expect(expired.map((rule) => rule.Filter.Prefix)).to.have.members([keys.draftsPrefix, 'probes/']);
    for (const { Filter } of expired) expect(isOwn(`${Filter.Prefix}x`), Filter.Prefix).to.equal(true);
    const days = rules.map((rule) => rule.Expiration?.Days ?? rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation ?? 0);
    expect(Math.min(...days) * 86_400_000).to.be.greaterThan(UPLOAD_LIFETIME_MS);
    expect(rules.filter((rule) => rule.AbortIncompleteMultipartUpload).map((rule) => rule.Filter.Prefix)).to.deep.equal(['']);
  });
});
