/** Whether a result can be trusted, in words. */
import type { Flag, Result } from "../record/result.ts";
import { type Trust, trustOf } from "../record/validity.ts";
import { counted } from "./values/number.ts";

export type { Trust };

/** The verdict on the measurement itself: one word, one sentence, and the flags behind it. */
export interface Validity {
	trust: Trust;
	sentence: string;
	flags: Flag[];
}

/** Reads the flags. A run that was stopped early is valid for what it measured. */
export function validityOf(result: Result): Validity {
	const flags = result.validity.flags;
	const reasons = flags.filter((flag) => flag.severity === "invalid");
	const doubts = flags.filter((flag) => flag.severity === "warning");
	const trust = trustOf(result);
	if (trust === "invalid") return { trust, sentence: invalidSentence(reasons), flags };
	const short = result.interrupted ? "The run was stopped early; the figures cover the time until then." : "";
	if (trust === "doubtful") {
		const doubt =
			doubts.length > 0 ? `Valid with ${counted(doubts.length, "doubt")}: ${messages(doubts)}` : "";
		return { trust, sentence: [doubt, short].filter(Boolean).join(" "), flags };
	}
	return {
		trust: "valid",
		sentence: "Valid: the generator kept to its schedule and all checks passed.",
		flags,
	};
}

/** One line for a flag: what it means, then what to do. */
export function flagLine(flag: Flag): string {
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
	return flags.map((flag) => asSentence(flag.message)).join(" ");
}

/** With a full stop. */
export function asSentence(text: string): string {
	const trimmed = text.trim();
	return trimmed === "" || /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
