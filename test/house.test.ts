/** Rules that the linter cannot check: the direction of imports, the length of files, and the README's map of folders. */
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT } from "../worker/command-line/project.ts";
import { folderMap } from "./support/architecture/folder-map.ts";
import { circlesIn, type Import, importsOf, textOf, tracked } from "./support/architecture/imports.ts";

const MAX_LINES = 250;
/** A shorter file with a single importer belongs in that importer. */
const MIN_LINES = 20;

/**
 * The steps of a request, with what they stand on. Each folder or file imports only from itself and from
 * those before it.
 */
const WORKER = [
	"contract.ts",
	"env.ts",
	"errors.ts",
	"deadline.ts",
	"config",
	"request",
	"policy",
	"upstream",
	"durable-objects.ts",
	"health",
	"stick",
	"choose",
	"stats",
	"admin",
	"isolate.ts",
	"pipeline",
	"index.ts",
	"state-process.ts",
];

/** The package that others install knows nothing of this repository's processes. */
const ORIGIN = ["node", "demo", "cluster", "stack.ts", "start.ts", "build.ts"];

/** What each step of a load run may import. Results join them: clients and k6 write them, report and compare read them. */
const LOADTEST: Readonly<Record<string, readonly string[]>> = {
	plan: [],
	record: ["plan"],
	clients: ["plan", "record"],
	k6: ["plan", "record"],
	report: ["plan", "record"],
	compare: ["plan", "record", "report"],
};

/** Node code that runs beside the Worker, not in it. */
const NODE_CODE = /^worker\/(selfhost|command-line)\//;

describe("imports", () => {
	test("the edge-node contract imports nothing", () => {
		expect(importsOf("worker/contract.ts")).toEqual([]);
	});

	test("a step of the Worker imports only from the steps before it", () => {
		expect(backwardImports("worker", WORKER)).toEqual([]);
	});

	test("a part of the origin imports only from the parts before it", () => {
		expect(backwardImports("origin", ORIGIN)).toEqual([]);
	});

	test("a step of the load test imports only from the steps that it builds on", () => {
		const breaches = ours(sources("loadtest")).filter(({ from, to }) => {
			const [own, other] = [stepOf(from), stepOf(to)];
			if (!isFolder(own) || !to.startsWith("loadtest/") || own === other) return false;
			return LOADTEST[own]?.includes(other) !== true;
		});
		expect(breaches).toEqual([]);
	});

	test.each(["worker", "origin", "loadtest"])("no folders of %s import each other in a circle", (top) => {
		expect(circlesIn(ours(sources(top)).map(({ from, to }) => [folderOf(from), folderOf(to)]))).toEqual([]);
	});

	test("the Worker imports no Node code, no origin and no load test", () => {
		const runtime = sources("worker").filter((file) => !NODE_CODE.test(file));
		const foreign = /^(worker\/(selfhost|command-line)|origin|loadtest|test)\/|^node:/;
		expect(imports(runtime).filter(({ to }) => foreign.test(to))).toEqual([]);
	});

	test("the self-hosted edge imports no origin and no load test", () => {
		const foreign = /^(origin|loadtest|test)\//;
		expect(imports(sources("worker/selfhost")).filter(({ to }) => foreign.test(to))).toEqual([]);
	});

	test("the shared command-line code imports nothing else of this project", () => {
		const foreign = ours(sources("worker/command-line")).filter(
			({ to }) => !to.startsWith("worker/command-line/"),
		);
		expect(foreign).toEqual([]);
	});

	test("the package for other people's nodes imports only the contract besides itself", () => {
		const allowed = /^origin\/node\/|^worker\/contract\.ts$/;
		expect(ours(sources("origin/node")).filter(({ to }) => !allowed.test(to))).toEqual([]);
	});

	test("the origin imports the contract, the self-hosted edge and the command-line code of worker/, and nothing else", () => {
		const allowed = /^origin\/|^worker\/contract\.ts$|^worker\/(selfhost|command-line)\//;
		expect(ours(sources("origin")).filter(({ to }) => !allowed.test(to))).toEqual([]);
	});

	test("only the demo of the load test starts a cluster", () => {
		const files = sources("loadtest").filter((file) => file !== "loadtest/demo.ts");
		const allowed = /^loadtest\/|^worker\/(contract|config\/fields)\.ts$|^worker\/command-line\//;
		expect(ours(files).filter(({ to }) => !allowed.test(to))).toEqual([]);
	});

	test("every import of a file of this project names one that exists", () => {
		const missing = ours(sources("")).filter(({ to }) => !existsSync(posix.join(PROJECT, to)));
		expect(missing).toEqual([]);
	});
});

describe("files", () => {
	const code = ["worker", "origin", "loadtest"].flatMap(sources);
	const linesOf = (file: string) => textOf(file).split("\n").length - 1;

	test(`no file of code is longer than ${MAX_LINES} lines`, () => {
		const lengths = sources("").map((file) => ({ file, lines: linesOf(file) }));
		expect(lengths.length).toBeGreaterThan(100);
		expect(lengths.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
	});

	test(`no file of fewer than ${MIN_LINES} lines has a single importer, entries and pages aside`, () => {
		const importers = importersOf(code);
		const short = code.filter((file) => linesOf(file) < MIN_LINES && !/\/(views|page)\//.test(file));
		expect(short.filter((file) => importers.get(file)?.size === 1)).toEqual([]);
	});

	test("no file is called helpers, utils, misc or common", () => {
		const drawer = /(^|[/._-])(helpers?|utils?|misc|common)([/._-]|$)/i;
		expect(tracked().filter((file) => drawer.test(file))).toEqual([]);
	});

	test("no test is skipped for good or runs alone", () => {
		const silenced = /\b(it|test|describe)\.(only|skip|todo|fails)\b/;
		const tests = tracked("test").filter((file) => file.endsWith(".test.ts"));
		expect(tests.filter((file) => silenced.test(textOf(file)))).toEqual([]);
	});

	test("no comment cites documents that a reader of this repository does not have", () => {
		const cited =
			/\b(origin|loadtest|design|haproxy|workers|style)\.md[, ]+\d|reference\/\w+\.md|\bshared\/|\bissue #?\d+\b/;
		expect(sources("").filter((file) => file !== "test/house.test.ts" && cited.test(textOf(file)))).toEqual(
			[],
		);
	});
});

describe('the README\'s map below "Where things are"', () => {
	test("every path in it exists", () => {
		const paths = folderMap(textOf("README.md"));
		expect(paths.length).toBeGreaterThan(10);
		expect(paths.filter((path) => !existsSync(posix.join(PROJECT, path)))).toEqual([]);
	});

	test("every folder of code, two deep, is in it", () => {
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

function sources(folder: string): string[] {
	return tracked(folder).filter((file) => file.endsWith(".ts"));
}

function imports(files: readonly string[]): Import[] {
	return files.flatMap((from) => importsOf(from).map((to) => ({ from, to })));
}

/** Imports between files of this project. */
function ours(files: readonly string[]): Import[] {
	return imports(files).filter(({ to }) => /^(worker|origin|loadtest|test)\//.test(to));
}

function importersOf(files: readonly string[]): Map<string, Set<string>> {
	const importers = new Map<string, Set<string>>();
	for (const { from, to } of ours(files)) importers.set(to, (importers.get(to) ?? new Set()).add(from));
	return importers;
}

/** "pipeline" of "worker/pipeline/respond.ts"; "index.ts" of "worker/index.ts". */
function stepOf(file: string): string {
	return file.split("/")[1]!;
}

function isFolder(step: string): boolean {
	return !step.endsWith(".ts");
}

/** The folder of a file; a file directly below worker/, origin/ or loadtest/ stands for itself. */
function folderOf(file: string): string {
	return file.split("/").length > 2 ? posix.dirname(file) : file;
}

/** Imports inside `top` that do not go to the same or an earlier step of `order`; a step missing there is a breach too. */
function backwardImports(top: string, order: readonly string[]): Import[] {
	return ours(sources(top))
		.filter(({ from, to }) => !NODE_CODE.test(from) && to.startsWith(`${top}/`))
		.filter(({ from, to }) => {
			const [own, other] = [order.indexOf(stepOf(from)), order.indexOf(stepOf(to))];
			return own < 0 || other < 0 || other > own;
		});
}
