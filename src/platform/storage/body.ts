/** Reading what a client sends. */

/** The next bytes, null at the end, or the error that broke the body (a body that ended early counts as broken). */
export async function nextChunk(source: AsyncIterator<unknown>): Promise<Buffer | Error | null> {
  try {
    const { value, done } = await source.next();
    if (done === true) return null;
    return Buffer.isBuffer(value) ? value : Buffer.from(String(value));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
