import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Locator, type Page } from 'playwright-core';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

type View = { readonly width: number; readonly height: number; readonly colorScheme?: 'dark' | 'light' };

/** Opens a file in a browser without a screen for as long as `use` takes. */
export async function withPage(file: string, viewport: View, use: (page: Page) => Promise<void>): Promise<void> {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport, colorScheme: viewport.colorScheme ?? 'light' });
    await page.goto(pathToFileURL(file).href);
    await use(page);
  } finally {
    await browser.close();
  }
}

/** Where a picture belongs: in the folder that `PICTURES` names, seen from the repository. */
export function pictureFile(name: string, directory: string): string {
  return fileURLToPath(new URL(`../${directory}/${name}.png`, import.meta.url));
}

/** The section of a report that begins with a heading. */
export function section(page: Page, heading: string): Locator {
  return page.locator('section', { hasText: heading }).first();
}
