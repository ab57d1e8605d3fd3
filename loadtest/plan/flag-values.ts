/** Parsers of flag values. Each throws commander's InvalidArgumentError with the cure in its text. */
import { InvalidArgumentError } from "commander";
import { UsageError } from "../../worker/command-line/command.ts";
import { TRANSPORTS, type Transport } from "../record/result.ts";

/** `polling,websocket`. */
export function transportList(text: string): Transport[] {
	return text.split(",").map((part) => {
		const name = part.trim() as Transport;
		if (!TRANSPORTS.includes(name))
			throw new InvalidArgumentError(`"${name}" is none; there is ${TRANSPORTS.join(", ")}.`);
		return name;
	});
}

/** One of some words. */
export function oneOf<T extends string>(...words: T[]): (text: string) => T {
	return (text) => {
		if (!words.includes(text as T)) throw new InvalidArgumentError(`Give ${words.join(" or ")}.`);
		return text as T;
	};
}

/** A number above `least` (which may be -1: from 0 on), `most` at most. */
export function above(least: number, most: number): (text: string) => number {
	return (text) => {
		const value = Number(text);
		const low = least < 0 ? value < 0 : value <= least;
		if (text.trim() === "" || !Number.isFinite(value) || low || value > most)
			throw new InvalidArgumentError(
				`Give a number ${least < 0 ? "from 0" : `above ${least}`}, ${most} at most.`,
			);
		return value;
	};
}

/** `a,b`, trimmed. */
export function list(text: string): string[] {
	return text.split(",").map((part) => part.trim());
}

/** `a=1,b=2` */
export function pairs(text: string): Record<string, string> {
	const entries = text.split(",").map((part): [string, string] => {
		const cut = part.indexOf("=");
		if (cut < 1) throw new InvalidArgumentError(`Write name=value, not "${part}".`);
		return [part.slice(0, cut).trim(), part.slice(cut + 1)];
	});
	return Object.fromEntries(entries);
}

/** `edge=1234,n1=1235` */
export function pids(text: string): Record<string, number> {
	const entries = Object.entries(pairs(text)).map(([name, pid]): [string, number] => {
		if (!/^[1-9]\d*$/.test(pid)) throw new InvalidArgumentError(`Write name=PID, not "${name}=${pid}".`);
		return [name, Number(pid)];
	});
	return Object.fromEntries(entries);
}

/** Keeps what a repeated flag was given. */
export function gather(text: string, before: string[] = []): string[] {
	return [...before, text];
}

/** Lines of `Name: value`. Throws a UsageError that does not repeat the value. */
export function headersFrom(lines: readonly string[], flag = "--header"): Record<string, string> {
	const entries = lines.map((line): [string, string] => {
		const cut = line.indexOf(":");
		const name = line.slice(0, Math.max(0, cut)).trim();
		if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new UsageError(`${flag}: write 'Name: value'.`);
		return [name, line.slice(cut + 1).trim()];
	});
	return Object.fromEntries(entries);
}

/** Lines of `path=Name: value`. Throws a UsageError that does not repeat the value. */
export function pathHeadersFrom(lines: readonly string[]): Record<string, Record<string, string>> {
	const paths: Record<string, Record<string, string>> = {};
	for (const line of lines) {
		const cut = line.indexOf("=");
		if (cut < 1) throw new UsageError("--path-header: write 'path=Name: value'.");
		const path = line.slice(0, cut).trim();
		paths[path] = { ...paths[path], ...headersFrom([line.slice(cut + 1)], "--path-header") };
	}
	return paths;
}
