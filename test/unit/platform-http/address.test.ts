import { expect } from 'chai';
import fc from 'fast-check';
import { ipv6Bytes, isLoopback, isPublicAddress, networkOf } from '../../../src/platform/http/address.ts';

describe('addresses', () => {
  it('knows public ones', () => {
    for (const address of [
      '8.8.8.8',
      '93.184.215.14',
      '1.1.1.1',
      '223.255.255.255',
      '2606:4700::1111',
      '2001:4860:4860::8888',
      '2a00:1450::1',
      '::ffff:8.8.8.8',
      '64:ff9b::808:808',
    ]) {
      expect(isPublicAddress(address), address).to.equal(true);
    }
    for (const address of ['', 'localhost', '1.2.3', '::1%lo', '2001::1', '2001:1ff::1', '5f00::1', '100::1', '3fff::1', '4000::1']) {
      expect(isPublicAddress(address), address).to.equal(false);
    }
  });

  it('takes an IPv4 address for the same thing in every wrapping', () => {
    fc.assert(
      fc.property(fc.ipV4(), (v4) => {
        const [a = 0, b = 0, c = 0, d = 0] = v4.split('.').map(Number);
        const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
        for (const wrapped of [`::ffff:${v4}`, `::ffff:${hex}`, `64:ff9b::${v4}`, `64:ff9b::${hex}`])
          expect(isPublicAddress(wrapped), wrapped).to.equal(isPublicAddress(v4));
        expect(networkOf(`::ffff:${hex}`)).to.equal(v4);
        for (const refused of [`::${hex}`, `2002:${hex}::1`]) expect(isPublicAddress(refused), refused).to.equal(false);
      }),
    );
  });

  it('reads every IPv6 spelling', () => {
    fc.assert(fc.property(fc.ipV6(), (address) => ipv6Bytes(address)?.length === 16));
    expect(ipv6Bytes('1:2::7:8')?.toString('hex')).to.equal('00010002000000000000000000070008');
    expect(ipv6Bytes('::')?.toString('hex')).to.equal('0'.repeat(32));
    expect(ipv6Bytes('1.2.3.4')).to.equal(null);
  });

  it('groups clients by network', () => {
    expect(networkOf('2001:db8:1:2:3:4:5:6')).to.equal(networkOf('2001:db8:1:2:ffff::1'));
    expect(networkOf('2001:db8:1:2::1')).not.to.equal(networkOf('2001:db8:1:3::1'));
    expect(networkOf('::ffff:1.2.3.4')).not.to.equal(networkOf('::ffff:1.2.3.5'));
    expect(networkOf(undefined)).to.equal('unknown');
  });

  it('knows loopback', () => {
    for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) expect(isLoopback(address), address).to.equal(true);
    for (const address of ['10.0.0.1', '::2', '128.0.0.1', undefined, 'x']) expect(isLoopback(address), address).to.equal(false);
  });
});
