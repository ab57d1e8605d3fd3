/** What the linter cannot hold: the direction of imports, the length of files, and the README's map. */
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT } from "../worker/command-line/project.ts";
import { folderMap } from "./support/architecture/folder-map.ts";
import { importsOf, textOf, tracked } from "./support/architecture/imports.ts";

const LONGEST = 250;

/** The folders of the request's path: each may import those before it, and the files above them that join all. */
const WORKER: Readonly<Record<string, readonly string[]>> = {
	request: [],
	health: ["request"],
	stick: ["request", "health"],
	choose: ["request", "health", "stick"],
	forward: ["request", "health", "stick", "choose"],
	stats: ["request", "health", "stick", "choose", "forward"],
	platform: ["request"],
	admin: ["request", "health", "stick", "choose", "forward", "stats", "platform"],
};

/** Steps joined by the result file: it is written by the load generators and read by the reports. */
const LOADTEST: Readonly<Record<string, readonly string[]>> = {
	record: [],
	plan: ["record"],
	clients: ["plan", "record"],
	k6: ["plan", "record"],
	report: ["record"],
	compare: ["plan", "record", "report"],
};

describe("imports", () => {
	test("the edge-node contract imports nothing", () => {
		expect(importsOf("worker/contract.ts")).toEqual([]);
	});

	test("a step of the edge imports only from the steps before it", () => {
		expect(breaches("worker", WORKER)).toEqual([]);
	});

	test("a step of the load test imports only from the steps before it", () => {
		expect(breaches("loadtest", LOADTEST)).toEqual([]);
	});

	test("the Worker's code imports no Node code, no origin and no load test", () => {
		const runtime = sources("worker").filter((file) => !/^worker\/(selfhost|command-line)\//.test(file));
		const foreign = /^(worker\/selfhost|worker\/command-line|origin|loadtest|test)\/|^node:/;
		expect(edges(runtime).filter(({ to }) => foreign.test(to))).toEqual([]);
	});

	test("the self-hosted edge imports no origin and no load test", () => {
		expect(
			edges(sources("worker/selfhost")).filter(({ to }) => /^(origin|loadtest|test)\//.test(to)),
		).toEqual([]);
	});

	test("the command-line code imports nothing else of ours", () => {
		expect(
			ours(sources("worker/command-line")).filter(({ to }) => !to.startsWith("worker/command-line/")),
		).toEqual([]);
	});

	test("the origin imports the contract and the self-hosted edge, and nothing else of ours", () => {
		const allowed = /^origin\/|^worker\/contract\.ts$|^worker\/(selfhost|command-line)\//;
		expect(ours(sources("origin")).filter(({ to }) => !allowed.test(to))).toEqual([]);
	});

	test("of the load test only the demo starts a cluster", () => {
		const files = sources("loadtest").filter((file) => file !== "loadtest/demo.ts");
		const allowed = /^loadtest\/|^worker\/contract\.ts$|^worker\/command-line\//;
		expect(ours(files).filter(({ to }) => !allowed.test(to))).toEqual([]);
	});

	test("every import between our files names one that exists", () => {
		const missing = ours(sources("")).filter(({ to }) => !existsSync(posix.join(PROJECT, to)));
		expect(missing).toEqual([]);
	});
});

describe("files", () => {
	test(`no file of code is longer than ${LONGEST} lines`, () => {
		const lengths = sources("").map((file) => ({ file, lines: textOf(file).split("\n").length - 1 }));
		expect(lengths.length).toBeGreaterThan(100);
		expect(lengths.filter(({ lines }) => lines > LONGEST)).toEqual([]);
	});

	test("no file is a drawer for odds and ends", () => {
		const drawer = /(^|[/._-])(helpers?|utils?|misc|common)([/._-]|$)/i;
		expect(tracked().filter((file) => drawer.test(file))).toEqual([]);
	});

	test("no test is skipped for good or runs alone", () => {
		const silenced = /\b(it|test|describe)\.(only|skip|todo|fails)\b/;
		const tests = tracked("test").filter((file) => file.endsWith(".test.ts"));
		expect(tests.filter((file) => silenced.test(textOf(file)))).toEqual([]);
	});
});

describe('the README\'s map below "Where things are"', () => {
	test("every path in it exists", () => {
		const paths = folderMap(textOf("README.md"));
		expect(paths.length).toBeGreaterThan(10);
		expect(paths.filter((path) => !existsSync(posix.join(PROJECT, path)))).toEqual([]);
	});

	test("every folder of code, two deep, stands in it", () => {
		const named = new Set(folderMap(textOf("README.md")));
		const folders = ["worker", "origin", "loadtest", "test"].flatMap((top) =>
			tracked(top).flatMap((file) => {
				const [, second, ...rest] = file.split("/");
				return rest.length > 0 ? [`${top}/`, `${top}/${second}/`] : [`${top}/`];
			}),
		);
		expect([...new Set(folders)].filter((folder) => !named.has(folder))).toEqual([]);
	});
});

interface Edge {
	readonly from: string;
	readonly to: string;
}

function sources(folder: string): string[] {
	return tracked(folder).filter((file) => file.endsWith(".ts"));
}

function edges(files: readonly string[]): Edge[] {
	return files.flatMap((from) => importsOf(from).map((to) => ({ from, to })));
}

/** Imports between files of this project. */
function ours(files: readonly string[]): Edge[] {
	return edges(files).filter(({ to }) => /^(worker|origin|loadtest|test)\//.test(to));
}

/** Imports from one folder of `top` to another that the table does not allow; a folder it lacks is a breach too. */
function breaches(top: string, table: Readonly<Record<string, readonly string[]>>): Edge[] {
	const step = (file: string) => (file.split("/").length > 2 ? file.split("/")[1]! : null);
	return ours(sources(top)).filter(({ from, to }) => {
		const [own, other] = [step(from), step(to)];
		if (own === null || own === "selfhost" || own === "command-line" || !to.startsWith(`${top}/`))
			return false;
		if (table[own] === undefined) return true;
		return other !== null && other !== own && !table[own].includes(other);
	});
}
