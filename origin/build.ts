/**
 * Builds the package that applications install: `attachEdge` and the rest of node/ as JavaScript (ESM and
 * CommonJS) with types, without dependencies. Node does not run TypeScript below node_modules.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { CommandError, EXIT, newCommand, runCommand, UsageError } from "../worker/command-line/command.ts";

const NAME = "sticky-edge-origin";
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ENTRIES = {
	index: "origin/node/attach.ts",
	metrics: "origin/node/metrics.ts",
	streams: "origin/node/stream-order.ts",
	contract: "worker/contract.ts",
};
const FORMATS = [
	["esm", "module"],
	["cjs", "commonjs"],
] as const;

/** Builds the package into `out`, a new folder or an earlier build. Throws a `CommandError`. */
export async function buildPackage(out: string): Promise<void> {
	checkFolder(out);
	for (const [format] of FORMATS) rmSync(join(out, format), { recursive: true, force: true });
	mkdirSync(out, { recursive: true });
	emitTypes(join(out, "types"));
	for (const [format, type] of FORMATS) {
		const folder = join(out, format);
		await build({
			absWorkingDir: ROOT,
			entryPoints: ENTRIES,
			outdir: folder,
			bundle: true,
			platform: "node",
			target: "node20",
			format,
			packages: "external",
			logLevel: "silent",
		});
		// Each format needs its own copy of the types: how they resolve depends on the "type" of their folder.
		cpSync(join(out, "types"), folder, { recursive: true });
		for (const [name, file] of Object.entries(ENTRIES))
			writeFileSync(join(folder, `${name}.d.ts`), `export * from "./${file.replace(/\.ts$/, ".js")}";\n`);
		writeJson(join(folder, "package.json"), { type });
	}
	rmSync(join(out, "types"), { recursive: true });
	writeJson(join(out, "package.json"), manifest());
	cpSync(join(ROOT, "origin/README.md"), join(out, "README.md"));
	cpSync(join(ROOT, "LICENSE"), join(out, "LICENSE"));
}

/** A mistyped --out must not overwrite a folder with other content. */
function checkFolder(out: string): void {
	const entries = existsSync(out) ? readdirSync(out) : [];
	const file = join(out, "package.json");
	const isEarlierBuild = existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === NAME;
	if (entries.length > 0 && !isEarlierBuild)
		throw new UsageError(`--out ${out} has other content; give a new folder or that of an earlier build`);
}

function manifest() {
	const { version, license } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
		version: string;
		license: string;
	};
	const entry = (name: string) => ({ import: `./esm/${name}.js`, require: `./cjs/${name}.js` });
	return {
		name: NAME,
		version,
		license,
		description:
			"Makes a Socket.IO server a node of sticky-edge: session ids that name the node, health, draining, metrics.",
		engines: { node: ">=20" },
		exports: Object.fromEntries(
			Object.keys(ENTRIES).map((name) => [name === "index" ? "." : `./${name}`, entry(name)]),
		),
		files: ["esm", "cjs"],
		peerDependencies: { "prom-client": ">=15", "socket.io": ">=4.6" },
		peerDependenciesMeta: { "prom-client": { optional: true } },
	};
}

function emitTypes(outDir: string): void {
	const base = JSON.parse(readFileSync(join(ROOT, "tsconfig.json"), "utf8")) as { compilerOptions: object };
	const config = join(dirname(outDir), "tsconfig.json");
	writeJson(config, {
		compilerOptions: {
			...base.compilerOptions,
			noEmit: false,
			declaration: true,
			emitDeclarationOnly: true,
			rewriteRelativeImportExtensions: true,
			rootDir: ROOT,
			outDir,
			typeRoots: [join(ROOT, "node_modules/@types")],
		},
		files: Object.values(ENTRIES).map((file) => join(ROOT, file)),
	});
	const tsc = join(ROOT, "node_modules/.bin/tsc");
	const { status, stdout } = spawnSync(tsc, ["-p", config], { encoding: "utf8" });
	rmSync(config);
	if (status !== 0) throw new CommandError(`cannot emit types: ${stdout.trim().split("\n")[0]}`);
}

function writeJson(file: string, value: unknown): void {
	writeFileSync(file, `${JSON.stringify(value, null, "\t")}\n`);
}

if (import.meta.main)
	await runCommand(async () => {
		const command = newCommand("origin:build", "Builds the package that Socket.IO servers install.")
			.option("--out <folder>", "target folder", join(ROOT, "dist/origin"))
			.parse();
		const { out } = command.opts<{ out: string }>();
		await buildPackage(out);
		process.stdout.write(`built ${out}; pack it with npm pack ${out}\n`);
		return EXIT.ok;
	});
