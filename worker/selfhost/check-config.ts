/** `npm run config:check`. It is the build step in wrangler.toml, so that `wrangler deploy` cannot skip it. */
import { EXIT, runCommand } from "../command-line/command.ts";
import { deployProblems } from "../config/cloudflare-limits.ts";
import { readVariables } from "./variables.ts";

await runCommand(async () => {
	let problems = 0;
	for (const [name, variables] of await readVariables()) {
		const found = deployProblems(variables);
		problems += found.length;
		for (const problem of found)
			process.stderr.write(`wrangler.toml ${name === "" ? "[vars]" : `[env.${name}.vars]`} ${problem}\n`);
	}
	return problems === 0 ? EXIT.ok : EXIT.failed;
});
