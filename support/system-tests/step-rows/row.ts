/** Rows of the table of steps: for each step a world in which it cannot come true, and the message that says why. */

/** Rows that share a world. */
export interface World {
  /** The steps before, in their order. All parts are up, unless a step takes one down. */
  given: readonly string[];
  /** Messages by step. “…” stands for any text, such as an email or a page; “{step}” for the step. */
  fails: Readonly<Record<string, string>>;
}

export const setUp = "Acme's SSO profile is set up";
export const verified = [setUp, "Ada has marked Sam's SSO test as passed"];
export const enforced = [...verified, 'Ada has enforced SSO'];
export const wrongAudience = 'the IdP sends an assertion with a different Audience';

export const notSetUp =
  "Could not do “{step}”. Acme is not set up yet. Put “Acme's SSO profile is set up” before this step.";
export const setUpAlready = 'Could not do “{step}”. Acme is set up already. Remove one of the steps that set it up.';
export const noProfile =
  "Could not do “{step}”. Acme has no SSO profile. Put “Acme's SSO profile is set up” before this step.";
export const noLink = 'Could not do “{step}”. Ada has not sent Sam an SSO test yet, so Sam has no test link.';
