/** The colour profile of the primary picture of a HEIF file (ISO/IEC 23008-12), which the decoder leaves out. Pure. */

export type HeifProfile = { readonly kind: 'icc'; readonly icc: Buffer } | { readonly kind: 'primaries'; readonly primaries: number };

interface Box {
  readonly type: string;
  /** Without its header. */
  readonly body: Buffer;
}

function boxes(bytes: Buffer): Box[] {
  const out: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const given = bytes.readUInt32BE(at);
    const wide = given === 1 && at + 16 <= bytes.length;
    const size = given === 0 ? bytes.length - at : wide ? Number(bytes.readBigUInt64BE(at + 8)) : given;
    const head = wide ? 16 : 8;
    if (size < head || at + size > bytes.length) break;
    out.push({ type: bytes.toString('latin1', at + 4, at + 8), body: bytes.subarray(at + head, at + size) });
    at += size;
  }
  return out;
}

const child = (inside: Buffer | undefined, type: string): Buffer | undefined =>
  inside && boxes(inside).find((box) => box.type === type)?.body;

/** Numbers of properties (1-based) per item, from an `ipma` box. */
function associations(ipma: Buffer): Map<number, number[]> {
  const [version, wide] = [ipma.readUInt8(0), (ipma.readUInt8(3) & 1) === 1];
  const out = new Map<number, number[]>();
  let at = 8;
  for (let left = ipma.readUInt32BE(4); left > 0; left--) {
    const item = version < 1 ? ipma.readUInt16BE(at) : ipma.readUInt32BE(at);
    at += version < 1 ? 2 : 4;
    const properties: number[] = [];
    for (let count = ipma.readUInt8(at++); count > 0; count--) {
      properties.push(wide ? ipma.readUInt16BE(at) & 0x7fff : ipma.readUInt8(at) & 0x7f);
      at += wide ? 2 : 1;
    }
    out.set(item, properties);
  }
  return out;
}

function find(bytes: Buffer): HeifProfile | null {
  // `meta` and `ipma` begin with version and flags.
  const meta = child(bytes, 'meta')?.subarray(4);
  const pitm = child(meta, 'pitm');
  const iprp = child(meta, 'iprp');
  const ipco = child(iprp, 'ipco');
  const ipma = child(iprp, 'ipma');
  if (!pitm || !ipco || !ipma) return null;
  const primary = pitm.readUInt8(0) === 0 ? pitm.readUInt16BE(4) : pitm.readUInt32BE(4);
  const properties = boxes(ipco);
  const colours = (associations(ipma).get(primary) ?? []).flatMap((number) => {
    const property = properties[number - 1];
    return property?.type === 'colr' ? [property.body] : [];
  });
  const typed = (...types: string[]) => colours.find((body) => types.includes(body.toString('latin1', 0, 4)));
  const icc = typed('prof', 'rICC');
  if (icc && icc.length > 4 + 128) return { kind: 'icc', icc: icc.subarray(4) };
  const coded = typed('nclx');
  return coded ? { kind: 'primaries', primaries: coded.readUInt16BE(4) } : null;
}

/** An embedded ICC profile, else the coded primaries (ITU-T H.273); null when the file says neither or is damaged. */
export function heifProfile(bytes: Buffer): HeifProfile | null {
  try {
    return find(bytes);
  } catch {
    // A count that leads beyond the end: the picture may be whole all the same.
    return null;
  }
}
