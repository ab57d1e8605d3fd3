/** Packs the built package, and runs the applications of the README with it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { transform } from "esbuild";

const README = readFileSync(new URL("../../../origin/README.md", import.meta.url), "utf8");

export const FRAMEWORKS = ["express", "fastify", "nest"] as const;
export type Format = "esm" | "cjs";

/** Packs the folder `from` into the folder `to`; returns the archive. */
export function pack(from: string, to: string): string {
	const args = ["pack", from, "--pack-destination", to, "--silent"];
	return join(to, execFileSync("npm", args, { encoding: "utf8" }).trim());
}

/** Writes an application of the README as JavaScript in the given format; returns the file. */
export async function writeApplication(folder: string, framework: string, format: Format): Promise<string> {
	const source = new RegExp("^```ts " + framework + "\\n([^]+?)^```", "m").exec(README)?.[1];
	if (source === undefined) throw new Error(`the README has no application for ${framework}`);
	const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
	const { code } = await transform(source, { loader: "ts", format, platform: "node", tsconfigRaw });
	const file = join(folder, `${framework}.${format === "esm" ? "mjs" : "cjs"}`);
	writeFileSync(file, code);
	return file;
}

export interface Application extends AsyncDisposable {
	readonly url: string;
	readonly child: ChildProcess;
	/** Everything it has written to stderr. */
	errors(): string;
}

/** Starts the application as node n1 on a free port; resolves when `/healthz` answers. */
export async function startApplication(file: string): Promise<Application> {
	const port = await freePort();
	const env = { ...process.env, NODE_ID: "n1", PORT: String(port) };
	const child = spawn(process.execPath, [file], { env, stdio: ["ignore", "ignore", "pipe"] });
	let errors = "";
	child.stderr.on("data", (chunk) => {
		errors += String(chunk);
	});
	const url = `http://127.0.0.1:${port}`;
	while (child.exitCode === null && !(await fetch(`${url}/healthz`).catch(() => null))?.ok)
		await new Promise((again) => setTimeout(again, 50));
	if (child.exitCode !== null) throw new Error(`${file} exited: ${errors}`);
	return {
		url,
		child,
		errors: () => errors,
		async [Symbol.asyncDispose]() {
			child.kill("SIGKILL");
		},
	};
}

function freePort(): Promise<number> {
	return new Promise((resolve) => {
		const server = createServer().listen(0, "127.0.0.1", () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});
}
