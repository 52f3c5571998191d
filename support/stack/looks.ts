/** Window settings in which pages are checked: light, dark, as narrow as a phone, and enlarged to 200 %. */
import type { BrowserContextOptions } from 'playwright';

export const looks = {
  light: { colorScheme: 'light', viewport: { width: 1100, height: 900 } },
  dark: { colorScheme: 'dark', viewport: { width: 1100, height: 900 } },
  /** Enlarging to 200 % halves the window that a page has. */
  enlarged: { colorScheme: 'light', viewport: { width: 550, height: 450 } },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 } },
} as const satisfies Record<string, BrowserContextOptions>;
export type Look = keyof typeof looks;
