import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** Where browsers that this can drive are usually installed. */
const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser to take pictures with: that of the variable CHROMIUM, or the first installed one. */
export function installedChromium(): string | undefined {
  return [process.env.CHROMIUM ?? '', ...usualPlaces].find((path) => path !== '' && existsSync(path));
}

/** Takes a picture of a whole page, as wide as its body. */
export async function screenshot(executablePath: string, page: { html: string; path: string }): Promise<void> {
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const tab = await browser.newPage({ viewport: { width: 1648, height: 900 } });
    await tab.setContent(page.html);
    await tab.screenshot({ path: page.path, fullPage: true });
  } finally {
    await browser.close();
  }
}
