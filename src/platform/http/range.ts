/**
 * The one range of a `Range` header. Several ranges, other units and nonsense are ignored, as RFC 9110 14.2 allows:
 * the whole object is the answer. @param bytes size of the object
 */
export function parseRange(header: string | undefined, bytes: number): { start: number; end: number } | 'whole' | 'unsatisfiable' {
  const [, first = '', last = ''] = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header ?? '') ?? [];
  if (first === '' && last === '') return 'whole';
  if (first === '') {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? 'unsatisfiable' : { start: bytes - length, end: bytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (last !== '' && Number(last) < start) return 'whole'; // not a range at all
  return start >= bytes ? 'unsatisfiable' : { start, end };
}
