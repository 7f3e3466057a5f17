/** Tags that say something about this machine's copy of the file rather than about the picture, with the reason. */
export const EXCLUDED_TAGS: readonly { readonly match: RegExp; readonly reason: string }[] = [
  { match: /^SourceFile$/, reason: 'a path on the server' },
  { match: /^System:/, reason: 'name, folder, dates and rights of the stored copy, not of the upload' },
  { match: /^ExifTool:ExifToolVersion$/, reason: 'says which program read the file' },
];

/** Values ExifTool prints in place of bytes it did not print. They carry nothing to show or search. */
export const BINARY_PLACEHOLDER = /^\(Binary data \d+ bytes, use -b option to extract\)$/;

/** What is kept of ExifTool's answer. Pure. */
export function kept(tags: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tags).filter(
      ([name, value]) =>
        !EXCLUDED_TAGS.some(({ match }) => match.test(name)) && !(typeof value === 'string' && BINARY_PLACEHOLDER.test(value)),
    ),
  );
}
