/** The steps that only one driver can take, and why. All others work in browsers and over HTTP. */

export interface OneDriverStep {
  /** The expression of the step definition. */
  expression: string;
  needs: 'browser' | 'http';
  because: string;
}

export const oneDriverSteps: readonly OneDriverStep[] = [
  { expression: '{actor} goes back in the browser', needs: 'browser', because: 'HTTP keeps no history of pages' },
  {
    expression: '{actor} enters a malformed email',
    needs: 'http',
    because: 'a browser does not send a malformed email from an email field',
  },
];

/** The entry for a step of a scenario; undefined if both drivers can take it. */
export const oneDriverStep = (text: string): OneDriverStep | undefined =>
  oneDriverSteps.find(({ expression }) => new RegExp(`^${expression.replace(/\{\w+\}/g, '\\w+')}$`).test(text));

/** Why a step cannot be taken, and what to do; undefined if it can. */
export function whyNotByDriver(text: string, { isScripted }: { isScripted: boolean }): string | undefined {
  const step = oneDriverStep(text);
  if (step === undefined || (step.needs === 'http') === isScripted) return undefined;
  return step.needs === 'http'
    ? `needs HTTP, since ${step.because}: tag the scenario @scripted`
    : `needs a browser, since ${step.because}: remove the tag @scripted`;
}
