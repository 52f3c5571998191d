/** Window settings in which pages are checked: light, dark, and as narrow as a phone. */
import type { BrowserContextOptions } from 'playwright';

export const looks = {
  light: { colorScheme: 'light', viewport: { width: 1100, height: 900 } },
  dark: { colorScheme: 'dark', viewport: { width: 1100, height: 900 } },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 } },
} as const satisfies Record<string, BrowserContextOptions>;
export type Look = keyof typeof looks;
