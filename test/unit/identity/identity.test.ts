import { expect } from 'chai';
import { cookieValue } from '../../../src/modules/core/identity/identity.cookies.ts';
import { ownOrigin, sessionCookieName, trustedOrigins } from '../../../src/modules/core/identity/identity.origins.ts';
import { Passwords } from '../../../src/modules/core/identity/identity.passwords.ts';
import { keepsAnAdmin, scopesBeyond, scopesWithin } from '../../../src/modules/core/identity/identity.policy.ts';
import { RecentCache } from '../../../src/modules/core/identity/identity.recent.ts';

describe('identity, pure parts', () => {
  it('keeps at least one administrator', () => {
    expect(keepsAnAdmin(['a'], 'a', 'editor')).to.equal(false);
    expect(keepsAnAdmin(['a'], 'a', null)).to.equal(false);
    expect(keepsAnAdmin(['a'], 'a', 'admin')).to.equal(true);
    expect(keepsAnAdmin(['a', 'b'], 'a', null)).to.equal(true);
    expect(keepsAnAdmin(['a'], 'b', null)).to.equal(true);
  });

  it('cuts scopes to the role', () => {
    expect(scopesBeyond('viewer', ['assets:read', 'assets:write'])).to.deep.equal(['assets:write']);
    expect(scopesWithin('viewer', ['assets:read', 'assets:write'])).to.deep.equal(['assets:read']);
    expect(scopesBeyond('admin', ['workspace:manage'])).to.deep.equal([]);
  });

  it('names the cookie for the transport', () => {
    expect(sessionCookieName('https://dam.example')).to.equal('__Host-damson');
    expect(sessionCookieName('http://127.0.0.1:8080')).to.equal('damson');
  });

  it('trusts the other names of the machine itself, and only of it', () => {
    const local = trustedOrigins('http://127.0.0.1:8080', ['https://app.example']);
    expect(local).to.include.members(['http://127.0.0.1:8080', 'http://localhost:8080', 'https://app.example']);
    expect(trustedOrigins('https://dam.example', [])).to.deep.equal(['https://dam.example']);
  });

  it('takes a page of the very host that is asked', () => {
    const of = (origin: string, host: string) => ownOrigin(new Headers({ origin, host }));
    expect(of('http://192.168.1.5:8080', '192.168.1.5:8080')).to.deep.equal(['http://192.168.1.5:8080']);
    expect(of('https://evil.example', '192.168.1.5:8080')).to.deep.equal([]);
    expect(of('null', 'null')).to.deep.equal([]);
    expect(ownOrigin(undefined)).to.deep.equal([]);
  });

  it('finds a cookie among others', () => {
    expect(cookieValue('a=1; damson=x.y%3D; damson.other=2', 'damson')).to.equal('x.y%3D');
    expect(cookieValue('xdamson=1', 'damson')).to.equal(null);
    expect(cookieValue(undefined, 'damson')).to.equal(null);
  });

  it('hashes with argon2id of at least 19 MiB', async () => {
    const passwords = new Passwords();
    const hash = await passwords.hash('correct horse battery');
    expect(hash).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.verify(hash, 'correct horse battery')).to.equal(true);
    expect(await passwords.verify(hash, 'wrong')).to.equal(false);
    expect(await passwords.verify('no hash at all', 'wrong')).to.equal(false);
  });

  it('does not remember what was read before a change', () => {
    const cache = new RecentCache<string>(2, 1000);
    const epoch = cache.epoch;
    cache.deleteWhere(() => true);
    cache.put('k', 'stale', 0, epoch);
    expect(cache.get('k', 0)).to.equal(undefined);
    cache.put('k', 'fresh', 0, cache.epoch);
    expect(cache.get('k', 999)).to.equal('fresh');
    expect(cache.get('k', 1000)).to.equal(undefined);
  });
});
