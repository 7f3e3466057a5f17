/** Chooses the word form for a count; languages with more forms than two bring their own function. */
export function forms(locale: string) {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (count: number, one: string, other: string): string =>
    (rules.select(count) === 'one' ? one : other).replace('#', numbers.format(count));
}
