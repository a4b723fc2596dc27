import { existsSync } from 'node:fs';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

const chromiumPath = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((file) => existsSync(file));

/** Why the browser's tests cannot run here; nothing where they can. */
export const skippedReason =
  chromiumPath === undefined ? 'no Chromium on this machine; enable with: sudo apt-get install -y chromium' : undefined;

export interface WindowOptions {
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
  hasTouch?: boolean;
}

export interface Browser {
  /** A window of somebody who has nothing to do with the others: own cookies, own storage. */
  window(options?: WindowOptions): Promise<Page>;
  /** What the browser complained about since the last call: errors in the console and of scripts. */
  complaints(): string[];
  close(): Promise<void>;
}

/** Chromium without a screen; `address` is what relative addresses are relative to. */
export async function openBrowser(address: string): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? '',
    args: ['--disable-background-networking', '--disable-component-update', '--no-sandbox'],
  });
  const complaints: string[] = [];
  const contexts: BrowserContext[] = [];
  return {
    window: async ({ width = 1280, height = 900, ...options } = {}) => {
      const context = await browser.newContext({ viewport: { width, height }, baseURL: address, ...options });
      contexts.push(context);
      const page = await context.newPage();
      page.setDefaultTimeout(240_000);
      // A request that was answered with a problem is the portal's to show, and the browser's to log.
      page.on(
        'console',
        (message) =>
          message.type() === 'error' &&
          !message.text().startsWith('Failed to load resource') &&
          complaints.push(message.text()),
      );
      page.on('pageerror', (error) => complaints.push(String(error)));
      return page;
    },
    complaints: () => complaints.splice(0),
    close: async () => {
      await Promise.all(contexts.map((context) => context.close()));
      await browser.close();
    },
  };
}
