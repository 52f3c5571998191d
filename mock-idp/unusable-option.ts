/** Errors of start options, in the words of the caller: an option of the API, of a command, or of the environment. */

/** As in MockIdpOptions. */
export type OptionName = 'port' | 'host' | 'hostname' | 'publicUrl' | 'allowedHosts' | 'controlToken' | 'tls';

/** An option with which the identity provider cannot start. */
export class UnusableOption extends Error {
  override readonly name = 'UnusableOption';
  readonly option: OptionName;
  readonly #sentence: (option: string) => string;

  /** `sentence` gets the name by which the caller knows the option. */
  constructor(option: OptionName, sentence: (option: string) => string, cause?: unknown) {
    super(`Mock IdP: ${sentence(option)}`, cause === undefined ? undefined : { cause });
    this.option = option;
    this.#sentence = sentence;
  }

  /** The message for callers who know the options by these names. */
  named(names: Readonly<Partial<Record<OptionName, string>>>): string {
    return `Mock IdP: ${this.#sentence(names[this.option] ?? this.option)}`;
  }
}
