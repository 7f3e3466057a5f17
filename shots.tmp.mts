import { chromium } from 'playwright-core';
const [, , what, ...rest] = process.argv;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const base = 'http://127.0.0.1:18181';
const r = await fetch(base + '/api/auth/sign-in/email', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', Origin: base },
  body: JSON.stringify({ email: 'ann@example.com', password: 'correct-horse-battery' }),
});
const cookie = r.headers.getSetCookie()[0]!.split(';')[0]!;
const list = (await (await fetch(base + '/api/v1/assets?kind=image&limit=100&sort=name', { headers: { cookie } })).json()) as any;
const pick = process.env.NAME
  ? list.items.find((i: any) => i.name === process.env.NAME)
  : list.items.find((i: any) => i.mime === 'image/jpeg' && i.published.now);
if (!pick) console.log(list.items.map((i: any) => `${i.name} ${i.width}x${i.height} ${i.mime} ${i.published.now}`).join('\n'));
const modes = {
  light: { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  de: { viewport: { width: 1440, height: 900 }, colorScheme: 'light', locale: 'de-DE' },
  phonede: { viewport: { width: 390, height: 844 }, colorScheme: 'dark', locale: 'de-DE' },
} as const;
export { browser };
for (const name of (process.env.MODES ?? 'light').split(',')) {
  const context = await browser.newContext({ ...(modes as any)[name], reducedMotion: 'reduce', deviceScaleFactor: 1 });
  const i = cookie.indexOf('=');
  await context.addCookies([{ name: cookie.slice(0, i), value: cookie.slice(i + 1), url: base }]);
  const page = await context.newPage();
  page.on('pageerror', (e) => console.log('ERR', e.message));
  page.on('console', (m) => m.type() === 'error' && console.log('CON', m.text()));
  await page.goto(`${base}/assets/${pick.id}${process.env.PATH_ ?? '?tab=framing'}`);
  await page.waitForTimeout(2500);
  const script = process.env.DO;
  if (script) await new Function('page', `return (async () => { ${script} })()`)(page);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: `/tmp/shots/${what}-${name}.png`, fullPage: false });
  await context.close();
}
await browser.close();
