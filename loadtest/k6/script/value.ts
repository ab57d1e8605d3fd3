/** Readers for the text of one variable. Each throws a SettingError that names the allowed values. */
import { afterColon, percent, ValueError } from "../../plan/values.ts";
import { SettingError, type Variable } from "./variables.ts";

/** A whole number in a range. */
export function wholeNumber(
	name: Variable,
	text: string | undefined,
	min: number,
	max: number,
	fallback: number,
): number {
	if (text === undefined) return fallback;
	const value = Number(text);
	if (!/^\d+$/.test(text) || value < min || value > max)
		throw new SettingError(name, text, `give a whole number from ${min} to ${max}`);
	return value;
}

/** A number above 0: seconds, a rate, milliseconds. */
export function positiveNumber<Fallback extends number | null>(
	name: Variable,
	text: string | undefined,
	fallback: Fallback,
): number | Fallback {
	if (text === undefined) return fallback;
	const value = Number(text);
	if (!Number.isFinite(value) || value <= 0 || value > 1e6)
		throw new SettingError(name, text, "give a number above 0, 1000000 at most");
	return value;
}

/** Seconds for a k6 executor, which accepts nothing below 1 s. */
export function executorSeconds(name: Variable, text: string | undefined, fallback: number): number {
	const value = positiveNumber(name, text, fallback);
	if (value < 1) throw new SettingError(name, text ?? null, "give 1 second or more; k6 accepts no less");
	return value;
}

/** A percentage, written as for the swarm's flags. */
export function percentage(name: Variable, text: string | undefined, fallback: number): number {
	if (text === undefined) return fallback;
	try {
		return percent.read(text, undefined);
	} catch (error) {
		if (!(error instanceof ValueError)) throw error;
		throw new SettingError(name, text, afterColon(error.message).replace(/\.$/, ""));
	}
}

/** A share from 0 to 1; null when there is none. */
export function share(name: Variable, text: string | undefined): number | null {
	if (text === undefined) return null;
	const value = Number(text);
	if (!(value >= 0 && value <= 1)) throw new SettingError(name, text, "give a share from 0 to 1, like 0.999");
	return value;
}

/** One of several words. */
export function oneOf<T extends string>(
	name: Variable,
	text: string | undefined,
	words: readonly T[],
	fallback: T,
): T {
	if (text === undefined) return fallback;
	if (!words.includes(text as T)) throw new SettingError(name, text, `give ${words.join(" or ")}`);
	return text as T;
}
