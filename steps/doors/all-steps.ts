/** Loads all steps, with the old sentences of renamed ones. */
import '../connection-test.ts';
import '../enforcement.ts';
import '../mailbox.ts';
import '../security.ts';
import '../set-up.ts';
import '../sign-in.ts';
import '../single-sign-on.ts';
import '../troubleshooting.ts';
import '../../support/scenario/step-aliases.ts';
