/** k6's exit codes as this project's (k6: errext/exitcodes). */
import { EXIT } from "../../../worker/command-line/command.ts";

/** k6's own: a threshold was crossed, the options are wrong. */
const THRESHOLDS_CROSSED = 99;
const BAD_CONFIG = 104;

/** The command's code. `code` null = a signal ended k6; `valid` is the result's own judgement. */
export function exitCodeOf(code: number | null, interrupted: boolean, valid: boolean): number {
	if (interrupted) return EXIT.interrupted;
	if (code === 0) return valid ? EXIT.ok : EXIT.invalid;
	if (code === THRESHOLDS_CROSSED) return EXIT.failed;
	return code === BAD_CONFIG ? EXIT.usage : EXIT.invalid;
}
