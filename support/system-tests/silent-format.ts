/** A Cucumber format that prints nothing: for tests that look at the messages of a run. */
import { Formatter } from '@cucumber/cucumber';

export default class SilentFormat extends Formatter {
  static override readonly documentation = 'Prints nothing.';
}
