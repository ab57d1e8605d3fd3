/** The Worker as one module, bundled as wrangler does it: for workerd, ES modules, nothing left to import. */
import { join } from "node:path";
import { build } from "esbuild";
import { PROJECT } from "../command-line/project.ts";

/** Writes the bundle of an entry, as "worker/index.ts", to `file`. */
export async function bundleWorker(entry: string, file: string): Promise<void> {
	await build({
		entryPoints: [join(PROJECT, entry)],
		outfile: file,
		bundle: true,
		format: "esm",
		target: "es2024",
		conditions: ["workerd", "worker", "browser"],
		external: ["cloudflare:*"],
		logLevel: "silent",
	});
}
