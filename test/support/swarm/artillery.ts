/** Artillery's socketio engine, for comparison: installed into a scratch folder, never a dependency. */
import { execFile } from "node:child_process";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The release that the swarm is compared with. */
export const ARTILLERY = "2.0.34";

/** Installs Artillery once and returns its script. `ARTILLERY_HOME` names a folder that has it already. */
export async function installArtillery(): Promise<string> {
	const folder = process.env["ARTILLERY_HOME"] ?? join(tmpdir(), `artillery-${ARTILLERY}`);
	const script = join(folder, "node_modules", "artillery", "bin", "run");
	if (await stat(script).catch(() => null)) return script;
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, "package.json"), '{ "private": true }');
	await run("npm", ["install", `artillery@${ARTILLERY}`, "--no-audit", "--no-fund", "--ignore-scripts"], {
		cwd: folder,
	});
	return script;
}

/** A plan for Artillery: `clients` users; each waits for its answer, then so long that all send `rate` per second. */
export async function artilleryPlan(
	file: string,
	url: string,
	clients: number,
	rate: number,
	seconds: number,
): Promise<void> {
	const think = Math.round((clients / rate) * 1000);
	await writeFile(
		file,
		`config:
  target: "${url}"
  phases:
    - duration: 2
      arrivalCount: ${clients}
  socketio:
    transports: ["websocket"]
scenarios:
  - engine: socketio
    flow:
      - loop:
          - emit: ["echo", "${"x".repeat(100)}"]
            acknowledge: {}
          - think: "${think}ms"
        count: ${Math.ceil((rate / clients) * seconds)}
`,
	);
}
