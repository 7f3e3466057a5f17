const LONGEST = 40;

/**
 * A key for a new role, made of its name: two to forty of a-z, 0-9, - and beginning with a letter, as the API wants it.
 * @param taken keys there are already; the new one is none of them
 */
export function roleKey(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  const start = plain.length >= 2 ? plain.slice(0, LONGEST) : `role${plain && `-${plain}`}`;
  for (let count = 1; ; count++) {
    const end = count === 1 ? '' : `-${count}`;
    const key = start.slice(0, LONGEST - end.length) + end;
    if (!taken.has(key)) return key;
  }
}
