import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** What an IP address really is: unwrapped, grouped by network, public or not. Pure. */

const SPECIAL_V4 = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  SPECIAL_V4.addSubnet(network, bits, 'ipv4');
}

/** Inside the global unicast space 2000::/3, what is not: IETF protocols with Teredo and ORCHID, documentation, 6to4. */
const SPECIAL_V6 = new BlockList();
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  SPECIAL_V6.addSubnet(network, bits, 'ipv6');
}

/**
 * Whether an address may be called from here: globally reachable unicast. IPv4 inside IPv6 (mapped, NAT64) counts as
 * that IPv4 address; everything outside 2000::/3, Teredo, 6to4 and ISATAP of a special address are refused.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !SPECIAL_V4.check(address, 'ipv4');
  const bytes = ipv6Bytes(address);
  if (bytes === null) return false;
  const embedded = mappedV4(bytes) ?? nat64V4(bytes);
  if (embedded !== null) return !SPECIAL_V4.check(embedded, 'ipv4');
  if (((bytes[0] ?? 0) & 0xe0) !== 0x20 || SPECIAL_V6.check(address, 'ipv6')) return false;
  const isatap = isatapV4(bytes);
  return isatap === null || !SPECIAL_V4.check(isatap, 'ipv4');
}

/** Whom a rate limit means: one IPv4 address, or the /64 of an IPv6 address. IPv4-mapped addresses are IPv4. */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  if (isIPv4(address)) return address;
  const bytes = ipv6Bytes(address);
  if (bytes === null) return 'unknown';
  return mappedV4(bytes) ?? `${bytes.toString('hex', 0, 8)}::/64`;
}

/** Loopback, in any spelling. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  const bytes = ipv6Bytes(address);
  const v4 = isIPv4(address) ? address : bytes === null ? null : mappedV4(bytes);
  return v4 === null ? bytes?.equals(LOOPBACK) === true : v4.startsWith('127.');
}

const LOOPBACK = Buffer.from('00000000000000000000000000000001', 'hex');

/** The 16 bytes of an IPv6 address without zone, or null. */
export function ipv6Bytes(address: string): Buffer | null {
  const bare = address.split('%')[0] ?? '';
  if (!isIPv6(bare)) return null;
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(bare);
  const hex = dotted === null ? bare : `${dotted[1]}${pair(dotted[2], dotted[3])}:${pair(dotted[4], dotted[5])}`;
  const [head = '', tail] = hex.split('::');
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const middle = Array.from({ length: 8 - left.length - right.length }, () => 0);
  const bytes = Buffer.alloc(16);
  for (const [index, value] of [...left, ...middle, ...right].entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}

function groups(part: string): number[] {
  return part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
}

function pair(high = '0', low = '0'): string {
  return (Number(high) * 256 + Number(low)).toString(16);
}

function v4At(bytes: Buffer, at: number): string {
  return [...bytes.subarray(at, at + 4)].join('.');
}

/** `::ffff:a.b.c.d`; the old `::a.b.c.d` lies outside 2000::/3 and is refused with the rest. */
function mappedV4(bytes: Buffer): string | null {
  return bytes.toString('hex', 0, 12) === '00000000000000000000ffff' ? v4At(bytes, 12) : null;
}

/** `64:ff9b::a.b.c.d`, which networks with IPv6 only use for every IPv4 host. */
function nat64V4(bytes: Buffer): string | null {
  return bytes.toString('hex', 0, 12) === '0064ff9b0000000000000000' ? v4At(bytes, 12) : null;
}

function isatapV4(bytes: Buffer): string | null {
  const marker = bytes.toString('hex', 8, 12);
  return marker === '00005efe' || marker === '02005efe' ? v4At(bytes, 12) : null;
}
