/**
 * Kinds of field values: how a flag's text is read, and which values a field allows. k6's scripts load this file
 * with the table of fields: no Node imports.
 */
import { TRANSPORTS, type Transport } from "./load-group.ts";
import type { Machine } from "./machine.ts";

/** Why a value is not allowed: an instruction such as `Give a whole number from 1 to 64.` */
export class ValueError extends Error {
	/** The value may be a secret: no message may repeat it. */
	readonly secret: boolean;
	constructor(message: string, secret = false) {
		super(message);
		this.secret = secret;
	}
}

/** The instruction with a small letter, to follow `--flag value:`. */
export function afterColon(instruction: string): string {
	return `${instruction.charAt(0).toLowerCase()}${instruction.slice(1)}`;
}

/** A kind of value. */
export interface Kind<T> {
	/** The shape of such a value in a result file. */
	readonly shape: "count" | "amount" | "text" | "transports" | "other" | readonly string[];
	/** Reads a flag's text; `before` is what the same flag gave earlier on the command line. Throws a ValueError. */
	read(text: string, before: T | undefined): T;
	/** The instruction for a value that is not allowed; undefined for one that is. */
	complaint(value: T): string | undefined;
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number): Kind<number> {
	const rule = `Give a whole number from ${least} to ${most}.`;
	return {
		shape: "count",
		read: (text) => allowed(/^\d+$/.test(text) ? Number(text) : Number.NaN, rule, isAllowed),
		complaint: (value) => (isAllowed(value) ? undefined : rule),
	};
	function isAllowed(value: number): boolean {
		return Number.isInteger(value) && value >= least && value <= most;
	}
}

/** A number above 0, or from 0 on when `zero`. */
export function amount(most: number, zero: "zero" | "no zero" = "no zero"): Kind<number> {
	const rule = `Give a number ${zero === "zero" ? "from 0 to" : "above 0, at most"} ${most}.`;
	return {
		shape: "amount",
		read: (text) => allowed(text.trim() === "" ? Number.NaN : Number(text), rule, isAllowed),
		complaint: (value) => (isAllowed(value) ? undefined : rule),
	};
	function isAllowed(value: number): boolean {
		return (zero === "zero" ? value >= 0 : value > 0) && value <= most;
	}
}

/** A percentage, with or without the sign: `1 %`, `1%`, `0.5`. */
export const percent: Kind<number> = {
	shape: "amount",
	read: (given) => {
		const number = /^(\d+(?:\.\d+)?|\.\d+) ?%?$/.exec(given.trim())?.[1];
		return allowed(Number(number ?? Number.NaN), PERCENT_RULE, isPercentage);
	},
	complaint: (value) => (isPercentage(value) ? undefined : PERCENT_RULE),
};

const PERCENT_RULE = "Give a percentage from 0 to 100, such as 1 or '0.5 %'.";

function isPercentage(value: number): boolean {
	return value >= 0 && value <= 100;
}

function allowed<T>(value: T, rule: string, isAllowed: (value: T) => boolean): T {
	if (!isAllowed(value)) throw new ValueError(rule);
	return value;
}

/** The same kind with one more value, which leaves the choice to the plan. */
export function orAuto(kind: Kind<number>, auto: number): Kind<number> {
	return { ...kind, complaint: (value) => (value === auto ? undefined : kind.complaint(value)) };
}

/** One of some words. */
export function word<const T extends string>(...words: T[]): Kind<T> {
	const rule = `Use one of: ${words.join(", ")}.`;
	return {
		shape: words,
		read: (text) => allowed(text as T, rule, (value) => words.includes(value)),
		complaint: (value) => (words.includes(value) ? undefined : rule),
	};
}

/** `2/3`: the second of three machines. */
export const machine: Kind<Machine> = {
	shape: "other",
	read(given) {
		const [, number, of] = /^(\d+)\/(\d+)$/.exec(given) ?? [];
		return allowed({ number: Number(number), of: Number(of) }, MACHINE_RULE, isMachine);
	},
	complaint: (value) => (isMachine(value) ? undefined : MACHINE_RULE),
};

const MACHINE_RULE = "Write K/M, machine K of M, for example 2/3; K is from 1 to M, and M at most 1000.";

function isMachine({ number, of }: Machine): boolean {
	return [number, of].every(Number.isInteger) && number >= 1 && number <= of && of <= 1000;
}

/** An instant in seconds since 1970, given so or as ISO 8601 with a zone; 0 = none. */
export const instant: Kind<number> = {
	shape: "other",
	read(given) {
		const isIso = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/.test(given);
		const seconds = isIso
			? Date.parse(given) / 1000
			: /^\d+(\.\d+)?$/.test(given)
				? Number(given)
				: Number.NaN;
		return allowed(seconds, INSTANT_RULE, (value) => value > 0 && isInstant(value));
	},
	complaint: (value) => (isInstant(value) ? undefined : INSTANT_RULE),
};

const INSTANT_RULE = "Give a time with its zone, such as 2026-11-27T12:00:00Z, or seconds since 1970.";

function isInstant(value: number): boolean {
	return Number.isFinite(value) && value >= 0;
}

/** Any text. */
export const text: Kind<string> = { shape: "text", read: (given) => given, complaint: () => undefined };

/** A flag without a value; in `--path-set` it may have one. */
export const onOff: Kind<boolean> = {
	shape: "other",
	read(given) {
		if (given === "" || given === "true") return true;
		if (given === "false") return false;
		throw new ValueError("Use true or false.");
	},
	complaint: () => undefined,
};

/** `a,b`, trimmed. */
export const list: Kind<readonly string[]> = {
	shape: "other",
	read: (given) => given.split(",").map((part) => part.trim()),
	complaint: () => undefined,
};

/** `polling,websocket`: each at most once. */
export const transports: Kind<readonly Transport[]> = {
	shape: "transports",
	read(given) {
		const names = given.split(",").map((part) => part.trim()) as Transport[];
		const unknown = names.find((name) => !TRANSPORTS.includes(name));
		if (unknown === undefined) return names;
		throw new ValueError(`Unknown transport "${unknown}"; use any of: ${TRANSPORTS.join(", ")}.`);
	},
	complaint(names) {
		if (names.length === 0) return "Name at least one transport.";
		return new Set(names).size === names.length ? undefined : "Name each transport once.";
	},
};
