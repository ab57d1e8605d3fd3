/** Whether a result may be believed, in words, before any figure. */
import type { Flag, Result } from "../record/result.ts";
import { type Trust, trustOf } from "../record/validity.ts";
import { counted } from "./number.ts";

export type { Trust };

/** The verdict on the measurement itself: a word, one sentence, and the flags it rests on. */
export interface Validity {
	trust: Trust;
	sentence: string;
	flags: Flag[];
}

/** Reads the flags; a run cut short is valid for what was measured, and says so. */
export function validityOf(result: Result): Validity {
	const flags = result.validity.flags;
	const void_ = flags.filter((flag) => flag.severity === "invalid");
	const doubts = flags.filter((flag) => flag.severity === "warning");
	const trust = trustOf(result);
	if (trust === "invalid") return { trust, sentence: invalidSentence(void_), flags };
	const short = result.interrupted ? "The run was stopped early; the figures cover the time until then." : "";
	if (trust === "doubtful") {
		const doubt =
			doubts.length > 0 ? `Valid with ${counted(doubts.length, "doubt")}: ${messages(doubts)}` : "";
		return { trust, sentence: [doubt, short].filter(Boolean).join(" "), flags };
	}
	return { trust: "valid", sentence: "Valid: the generator kept its schedule, and no check objects.", flags };
}

/** One line for a flag: what it means, then what to do. */
export function flagLine(flag: Flag): string {
	return `${flag.code}: ${sentence(flag.message)} ${sentence(flag.advice)}`.trim();
}

function invalidSentence(flags: Flag[]): string {
	const why = flags.length > 0 ? messages(flags) : "The generator marked the run as invalid.";
	return `INVALID, do not use these figures: ${why}`;
}

function messages(flags: Flag[]): string {
	return flags.map((flag) => sentence(flag.message)).join(" ");
}

function sentence(text: string): string {
	const trimmed = text.trim();
	return trimmed === "" || /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
