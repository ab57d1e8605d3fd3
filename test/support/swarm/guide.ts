/** Examples of a guide, extracted from its Markdown, and run as a reader would run them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { PROJECT } from "../../../worker/command-line/project.ts";
import { freePort } from "../commands/port.ts";
import { runToEnd } from "./command.ts";

/** One example: its files by name, the command, and what the report says. */
export interface Example {
	readonly title: string;
	readonly files: Readonly<Record<string, string>>;
	readonly command: string;
	readonly says: readonly string[];
}

/**
 * The examples of a guide: sections of level 3 with a block ```sh. A file is a block whose name is the first code in the
 * paragraph before it.
 */
export function examplesIn(markdown: string): Example[] {
	return markdown
		.split(/^### /m)
		.slice(1)
		.flatMap((section): Example[] => {
			const blocks = blocksIn(section);
			const command = blocks.find(({ language }) => language === "sh")?.code;
			const files = blocks.flatMap(({ before, code }): [string, string][] => {
				const [, name] = /^`([\w-]+\.(?:m?js|ts|csv|txt|ya?ml))`/.exec(before) ?? [];
				return name === undefined ? [] : [[name, code]];
			});
			if (command === undefined || files.length === 0) return [];
			const says = blocks.find(({ language }) => language === "text")?.code ?? "";
			const title = section.slice(0, section.indexOf("\n"));
			return [
				{ title, files: Object.fromEntries(files), command: command.trim(), says: says.trim().split("\n") },
			];
		});
}

/** The fenced blocks of a section, each with the line of text before it. */
function blocksIn(section: string): { before: string; language: string; code: string }[] {
	return [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
		({ index, 1: language = "", 2: code = "" }) => ({
			before: section.slice(0, index).trimEnd().split("\n").at(-1) ?? "",
			language,
			code,
		}),
	);
}

/** A printed line as a pattern: its figures may differ. */
export function patternOf(line: string): RegExp {
	const literal = line.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
	return new RegExp(literal.replace(/\d[\d,]*(?:\\\.\d+)?/g, "[\\d,.]+").replace(/\s+/g, "\\s+"));
}

export interface ExampleRun {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** Writes the files, starts the server (the one file of JavaScript), and runs the command; only the port differs from the guide's. */
export async function runExample({ files, command }: Example): Promise<ExampleRun> {
	const folder = await mkdtemp(join(tmpdir(), "guide-"));
	await symlink(join(PROJECT, "node_modules"), join(folder, "node_modules"));
	const port = await freePort();
	let server: ChildProcess | undefined;
	try {
		for (const [name, code] of Object.entries(files)) await writeFile(join(folder, name), code);
		const script = Object.keys(files).find((name) => name.endsWith("js"))!;
		await writeFile(join(folder, "package.json"), '{ "type": "module" }');
		server = spawn(process.execPath, [script], {
			cwd: folder,
			stdio: "inherit",
			env: { ...process.env, PORT: String(port) },
		});
		await vi.waitFor(() => listens(port), { timeout: 10_000 });
		const own = command.replaceAll("localhost:3000", `localhost:${port}`).replaceAll("./", `${folder}/`);
		return await runShell(`${own} --out ${folder}/result.json`);
	} finally {
		server?.kill();
		await rm(folder, { recursive: true });
	}
}

async function listens(port: number): Promise<void> {
	const socket = connect(port, "localhost");
	await once(socket, "connect");
	socket.destroy();
}

function runShell(command: string): Promise<ExampleRun> {
	return runToEnd("sh", ["-c", command.replace("npm run swarm", "npm run --silent swarm")]);
}

/** Runs an example, and expects what the guide says about it. */
export async function expectAsPrinted(example: Example): Promise<ExampleRun> {
	const run = await runExample(example);
	const { code, stdout, stderr } = run;
	expect(stderr).not.toMatch(/^error/m);
	// On a busy machine a run may be invalid, which comes before every other verdict.
	if (code === 3) expect(stdout).toMatch(/^INVALID/);
	else for (const line of example.says) expect(stdout).toMatch(patternOf(line));
	expect([0, 3]).toContain(code);
	return run;
}
