/**
 * Takes the README's pictures of a running server with the demo library in it:
 *
 *   DAMSON_URL=http://127.0.0.1:8080 DAMSON_PASSWORD=… node --import tsx scripts/screenshots.ts [folder]
 *
 * DAMSON_EMAIL (default admin@damson.local) signs in by password; CHROMIUM names the browser.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import sharp from 'sharp';

const MOST_BYTES = 400_000;
const SETTLE_MS = 60_000;
const env = process.env;
const url = env['DAMSON_URL'] ?? 'http://127.0.0.1:8080';
const folder = process.argv[2] ?? 'docs/images';

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly scheme: 'light' | 'dark';
}

async function main(): Promise<void> {
  await mkdir(folder, { recursive: true });
  const cookie = await signIn();
  const hero = await heroId(cookie);
  const shots: Shot[] = [
    { name: 'library', path: '/', scheme: 'light' },
    { name: 'library-dark', path: '/?q=orchrd', scheme: 'dark' },
    { name: 'detail', path: `/assets/${hero}`, scheme: 'light' },
    { name: 'delivery', path: `/assets/${hero}?tab=delivery`, scheme: 'light' },
  ];
  const browser = await chromium.launch({
    executablePath: env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    for (const shot of shots) {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        colorScheme: shot.scheme,
        locale: 'en-US',
        reducedMotion: 'reduce',
      });
      const [name = '', ...value] = cookie.split('=');
      await context.addCookies([{ name, value: value.join('='), url }]);
      await take(context, shot);
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

async function signIn(): Promise<string> {
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: url },
    body: JSON.stringify({ email: env['DAMSON_EMAIL'] ?? 'admin@damson.local', password: env['DAMSON_PASSWORD'] ?? '' }),
  });
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
  if (!response.ok || cookie === undefined) throw new Error(`sign-in answered ${response.status}: set DAMSON_EMAIL and DAMSON_PASSWORD`);
  return cookie;
}

/** A published picture of several jars. */
async function heroId(cookie: string): Promise<string> {
  const query = new URLSearchParams({ q: 'friends', tags: 'product', published: 'true', limit: '1' });
  const response = await fetch(`${url}/api/v1/assets?${query}`, { headers: { Cookie: cookie } });
  const body = (await response.json()) as { items?: { id: string }[] };
  const id = body.items?.[0]?.id;
  if (id === undefined) throw new Error('there is no demo library: npx damson demo');
  return id;
}

async function take(context: BrowserContext, shot: Shot): Promise<void> {
  const page = await context.newPage();
  await page.goto(url + shot.path);
  await page.locator('main img').first().waitFor({ timeout: SETTLE_MS });
  await page.waitForLoadState('networkidle').catch(() => undefined);
  // Every picture that is in view has been drawn.
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll('main img')].every(
        (image) => (image as HTMLImageElement).complete && (image as HTMLImageElement).naturalWidth > 0,
      ),
    null,
    { timeout: SETTLE_MS },
  );
  await page.evaluate(() => document.fonts.ready);
  const picture = await page.screenshot();
  const path = join(folder, `${shot.name}.png`);
  for (const colours of [256, 192, 128, 96]) {
    const small = await sharp(picture).png({ palette: true, colours, effort: 10, compressionLevel: 9, dither: 0.6 }).toBuffer();
    if (small.length > MOST_BYTES && colours > 96) continue;
    await writeFile(path, small);
    process.stdout.write(`${path}  ${Math.round(small.length / 1000)} kB\n`);
    break;
  }
}

await main();
