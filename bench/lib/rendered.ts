/** How many derivatives these processes have made so far, by their own `/metrics`, which loopback may read. */
export async function rendered(urls: readonly string[]): Promise<number> {
  let sum = 0;
  for (const url of urls) {
    const answer = await fetch(`${url}/metrics`);
    if (!answer.ok) throw new Error(`${url}/metrics answered ${answer.status}`);
    for (const [, count] of (await answer.text()).matchAll(/^damson_render_duration_seconds_count(?:\{[^}]*\})? (\d+)$/gm)) {
      sum += Number(count);
    }
  }
  return sum;
}

/** Waits until nothing has been made for a second (previews of an upload come after it). @throws after a minute */
export async function untilQuiet(urls: readonly string[]): Promise<void> {
  let before = await rendered(urls);
  for (const until = Date.now() + 60_000; Date.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const now = await rendered(urls);
    if (now === before) return;
    before = now;
  }
  throw new Error('the product goes on making derivatives nobody asks for');
}
