/** What clients and nodes in other languages need: tools of the machine, and a build that is kept between runs. */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { CHROMIUM } from "../report/browser.ts";

export type Toolchain = "node" | "chromium" | "python" | "java" | "go" | "rust";

/** Where the sources are. */
export const SOURCES = new URL(".", import.meta.url).pathname;

const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "sticky-edge", "matrix");
/** A file that is written last, so that no run ever uses half a build. */
const DONE = "done";

interface Build {
	/** Programs that must be on the PATH. */
	readonly tools: readonly string[];
	/** Files of the sources that the build depends on, below SOURCES. */
	readonly from: readonly string[];
	/** The commands, to be run in the sources' folder. */
	commands(folder: string, sources: string): readonly (readonly string[])[];
}

const BUILDS: Readonly<Record<Exclude<Toolchain, "chromium">, Build>> = {
	node: {
		tools: ["npm"],
		from: ["js/package.json"],
		commands: (folder) => [
			["npm", "install", "--prefix", folder, "--ignore-scripts", "--no-package-lock", "--no-audit"],
		],
	},
	python: {
		tools: ["python3"],
		from: ["python/requirements.txt"],
		commands: (folder, sources) => [
			["python3", "-m", "venv", folder],
			[join(folder, "bin/pip"), "install", "--quiet", "-r", join(sources, "requirements.txt")],
		],
	},
	java: {
		tools: ["java", "javac", "mvn"],
		from: ["java/pom.xml", "java/Client.java", "java/Server.java"],
		commands: (folder) => [
			["mvn", "-q", "-B", "dependency:copy-dependencies", `-DoutputDirectory=${folder}/lib`],
			["javac", "-cp", `${folder}/lib/*`, "-d", `${folder}/classes`, "Client.java", "Server.java"],
		],
	},
	go: {
		tools: ["go"],
		from: ["go/go.mod", "go/go.sum", "go/client.go"],
		// Without ",direct", a module that Go's proxy lacks is an error instead of a clone of its repository.
		commands: (folder) => [
			[
				"sh",
				"-c",
				`GOPROXY=$(go env GOPROXY | sed 's/,direct//') go build -o "$0" .`,
				join(folder, "client"),
			],
		],
	},
	rust: {
		tools: ["cargo"],
		from: ["rust/Cargo.toml", "rust/Cargo.lock", "rust/client.rs"],
		commands: (folder) => [["cargo", "build", "--quiet", "--locked", "--target-dir", folder]],
	},
};

const hasTool = (tool: string) => spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0;

/**
 * The tools of a toolchain that this machine lacks. In CI none is ever missing, so that tests fail there instead of being
 * skipped, but for Rust, which `.ci/run` cannot install.
 */
export function missingTools(toolchain: Toolchain): readonly string[] {
	if (process.env["CI"] !== undefined && toolchain !== "rust") return [];
	if (toolchain === "chromium") return CHROMIUM === undefined ? ["chromium"] : [];
	return BUILDS[toolchain].tools.filter((tool) => !hasTool(tool));
}

/** Builds what is not in the cache yet, and returns the folder of the build. */
export async function built(toolchain: Exclude<Toolchain, "chromium">): Promise<string> {
	const { from, commands } = BUILDS[toolchain];
	const hash = createHash("sha256");
	for (const file of from) hash.update(readFileSync(join(SOURCES, file)));
	const folder = join(CACHE, `${toolchain}-${hash.digest("hex").slice(0, 12)}`);
	if (existsSync(join(folder, DONE))) return folder;
	console.error(`matrix: building the ${toolchain} programs in ${folder}, only once`);
	await mkdir(folder, { recursive: true });
	const sources = join(SOURCES, from[0]!, "..");
	if (toolchain === "node") await cp(join(sources, "package.json"), join(folder, "package.json"));
	for (const command of commands(folder, sources)) await run(command, sources);
	await writeFile(join(folder, DONE), "");
	return folder;
}

async function run([program, ...args]: readonly string[], folder: string): Promise<void> {
	const child = spawn(program!, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
	const [code] = await once(child, "exit");
	if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}`);
}

/** The version of a package as a file of the sources pins it. */
export function pinned(file: string, pattern: RegExp): string {
	const [, version] = pattern.exec(readFileSync(join(SOURCES, file), "utf8")) ?? [];
	if (version === undefined) throw new Error(`${file}: nothing matches ${pattern}`);
	return version;
}
