/** Packages of the caller's that our own repository need not install. `@playwright/test` is `playwright/test`. */
declare module '@playwright/test' {
  export * from 'playwright/test';
}

declare module 'playwright-bdd' {
  export function defineParameterType(type: {
    name: string;
    regexp: RegExp | RegExp[];
    transformer: (words: string) => unknown;
  }): void;
}
