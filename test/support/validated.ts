/** Reading a value that must be valid. */
import type { Reader } from "../../worker/config/fields.ts";

/** What the reader makes of `value`; throws the problems it reports. */
export function validated<T>(reader: Reader<T>, value: unknown): T {
	const problems: string[] = [];
	const read = reader(value, "", problems);
	if (problems.length > 0) throw new Error(problems.join("\n"));
	return read;
}
