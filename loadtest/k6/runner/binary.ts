/** Finds the k6 executable, or says how to get it. */
import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { CommandError, EXIT, UsageError } from "../../../worker/command-line/command.ts";

/** The scripts need close reasons in `k6/websockets`, and options that version 1 lacks. */
const MIN_MAJOR_VERSION = 2;

const HOW_TO_GET =
	"brew install k6, apt install k6 (from Grafana's repository), winget install k6, docker (grafana/k6), go install go.k6.io/k6/v2@v2.2.0 or sh loadtest/k6/build.sh; installed elsewhere: K6_BIN=/path/to/k6";

/** A k6 executable. */
export interface K6 {
	readonly file: string;
	/** Without the `v`. */
	readonly version: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Files that may be k6, in order of preference: on PATH, then where build.sh installs it. */
export function candidates(env: Env, home: string, windows: boolean): string[] {
	const name = windows ? "k6.exe" : "k6";
	const onPath = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
	const cache = env["XDG_CACHE_HOME"] || join(home, ".cache");
	return [...onPath.map((folder) => join(folder, name)), join(cache, "sticky-edge", "k6", name)];
}

/** Finds k6 of version 2 or later. Throws a CommandError that says how to get it. */
export async function findK6(env: Env = process.env): Promise<K6> {
	const given = env["K6_BIN"];
	if (given) {
		const version = await versionOf(given);
		if (version === null)
			throw new UsageError(
				`K6_BIN ${given} is not k6 ${MIN_MAJOR_VERSION} or later: give the path of its executable.`,
			);
		return { file: given, version };
	}
	for (const file of candidates(env, homedir(), process.platform === "win32")) {
		const version = await versionOf(file);
		if (version !== null) return { file, version };
	}
	throw new CommandError(`k6 ${MIN_MAJOR_VERSION} or later is not installed: ${HOW_TO_GET}.`, EXIT.invalid);
}

/** The version of an executable, or null when it is not a usable k6. */
async function versionOf(file: string): Promise<string | null> {
	try {
		await access(file, constants.X_OK);
		const { stdout } = await promisify(execFile)(file, ["version"]);
		return readVersion(stdout);
	} catch {
		return null;
	}
}

/** Reads `k6 v2.2.0 (…)`; null for another program or an older version. */
export function readVersion(text: string): string | null {
	const [, version = ""] = /^k6(?:\.exe)? v(\d+\.\d+\.\S+)/.exec(text) ?? [];
	return Number.parseInt(version, 10) >= MIN_MAJOR_VERSION ? version : null;
}
