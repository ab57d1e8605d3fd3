/** Whether a result can be trusted, in words. */
import type { Flag, Result } from "../record/result.ts";
import { type Trust, trustOf } from "../record/validity.ts";
import { counted } from "./values/number.ts";

export type { Trust };

/** The verdict on the measurement itself: one word, one sentence, the flags behind it, and what to do. */
export interface Validity {
	trust: Trust;
	sentence: string;
	flags: Flag[];
	/** One line each: what to do about what the sentence says, then the flags that it does not mention. */
	notes: string[];
}

/** Reads the flags. A run that was stopped early is valid for what it measured. */
export function validityOf(result: Result): Validity {
	const flags = result.validity.flags;
	const reasons = flags.filter((flag) => flag.severity === "invalid");
	const doubts = flags.filter((flag) => flag.severity === "warning");
	const trust = trustOf(result);
	if (trust === "invalid")
		return { trust, sentence: invalidSentence(reasons), flags, notes: notesOf(flags, reasons) };
	const short = result.interrupted ? "The run was stopped early; the figures cover the time until then." : "";
	if (trust === "doubtful") {
		const doubt =
			doubts.length > 0 ? `Valid with ${counted(doubts.length, "doubt")}: ${messages(doubts)}` : "";
		const sentence = [doubt, short].filter(Boolean).join(" ");
		return { trust, sentence, flags, notes: notesOf(flags, doubts) };
	}
	return {
		trust: "valid",
		sentence: "Valid: the generator kept to its schedule and all checks passed.",
		flags,
		notes: notesOf(flags, []),
	};
}

/** Load groups often share an advice; it is given once. */
function notesOf(flags: readonly Flag[], said: readonly Flag[]): string[] {
	const advice = said
		.filter((flag) => flag.advice.trim() !== "")
		.map((flag) => `${flag.code}: ${asSentence(flag.advice)}`);
	return [...new Set([...advice, ...flags.filter((flag) => !said.includes(flag)).map(flagLine)])];
}

/** One line for a flag: what it means, then what to do. */
function flagLine(flag: Flag): string {
	const advice = flag.advice.trim();
	return advice === ""
		? `${flag.code}: ${asSentence(flag.message)}`
		: `${flag.code}: ${flag.message.trim().replace(/\.$/, "")}; ${asSentence(advice)}`;
}

function invalidSentence(flags: Flag[]): string {
	const why = flags.length > 0 ? messages(flags) : "The generator marked the run as invalid.";
	return `INVALID, do not use these figures: ${why}`;
}

function messages(flags: Flag[]): string {
	return asSentence(flags.map(({ message }) => message.trim().replace(/\.$/, "")).join("; "));
}

/** With a full stop. */
export function asSentence(text: string): string {
	const trimmed = text.trim();
	return trimmed === "" || /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
