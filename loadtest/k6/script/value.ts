/** One variable's text read as what it must be. Each throws a SettingError that says the range. */
import { SettingError, type Variable } from "./variables.ts";

/** A whole number in a range. */
export function whole(
	name: Variable,
	text: string | undefined,
	least: number,
	most: number,
	usual: number,
): number {
	if (text === undefined) return usual;
	const value = Number(text);
	if (!/^\d+$/.test(text) || value < least || value > most)
		throw new SettingError(name, text, `give a whole number from ${least} to ${most}`);
	return value;
}

/** A number above 0: seconds, a rate, milliseconds. */
export function positive(name: Variable, text: string | undefined, usual: number): number {
	if (text === undefined) return usual;
	const value = Number(text);
	if (!Number.isFinite(value) || value <= 0 || value > 1e6)
		throw new SettingError(name, text, "give a number above 0, 1000000 at most");
	return value;
}

/** Seconds of an executor: k6 takes none below one. */
export function atLeastOne(name: Variable, text: string | undefined, usual: number): number {
	const value = positive(name, text, usual);
	if (value < 1) throw new SettingError(name, text ?? null, "give 1 second or more, k6 takes no less");
	return value;
}

/** A share from 0 to 1. */
export function share(name: Variable, text: string | undefined, usual: number): number {
	if (text === undefined) return usual;
	const value = Number(text);
	if (!(value >= 0 && value <= 1)) throw new SettingError(name, text, "give a share from 0 to 1, like 0.999");
	return value;
}

/** One of some words. */
export function word<T extends string>(
	name: Variable,
	text: string | undefined,
	words: readonly T[],
	usual: T,
): T {
	if (text === undefined) return usual;
	if (!words.includes(text as T)) throw new SettingError(name, text, `give ${words.join(" or ")}`);
	return text as T;
}
