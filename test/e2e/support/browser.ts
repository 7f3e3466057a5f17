import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { ADMIN, startServer, type TestServer } from '../../support/harness.ts';

/** Debian's Chromium; no service of the browser vendor is contacted. */
const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** How long a page may take to show something: only keeps a broken test from hanging. */
export const PATIENCE_MS = 30_000;

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page that nobody expected; a test may look at them, `close` does. */
  readonly problems: string[];
}

export interface Room {
  readonly server: TestServer;
  readonly browser: Browser;
  /** A fresh browser profile; signed in unless told otherwise. */
  visit(options?: { viewport?: typeof WIDE; scheme?: 'light' | 'dark'; signedIn?: boolean; locale?: string }): Promise<Visit>;
  close(): Promise<void>;
}

/** A server with the built web app, and a browser to look at it. */
export async function openRoom(): Promise<Room> {
  if (!existsSync(join(import.meta.dirname, '../../../dist/web/index.html'))) {
    throw new Error('the web app is not built; run: node scripts/bootstrap.mjs --build');
  }
  const server = await startServer({ web: true });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  return {
    server,
    browser,
    visit: async ({ viewport = WIDE, scheme = 'light', signedIn = true, locale = 'en-US' } = {}) => {
      const context = await browser.newContext({ viewport, colorScheme: scheme, locale, reducedMotion: 'reduce', acceptDownloads: true });
      context.setDefaultTimeout(PATIENCE_MS);
      if (signedIn) {
        const [name = '', ...value] = (await server.signIn()).split('=');
        await context.addCookies([{ name, value: value.join('='), url: server.url }]);
      }
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && /Content Security Policy|Uncaught|Warning:/.test(message.text())) problems.push(message.text());
      });
      return { page, context, problems };
    },
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

/** Signs in by the form, as a newcomer does. */
export async function signInByForm(page: Page): Promise<void> {
  await page.getByLabel('E-mail').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('banner').waitFor();
}

/** The tile or line of an asset by its file name. */
export const assetOf = (page: Page, name: string) => page.locator('[data-asset]').filter({ hasText: name });
