/** `npm run config:check`. It is the build step in wrangler.toml, so that `wrangler deploy` cannot skip it. */
import { EXIT, runCommand } from "../command-line/command.ts";
import { readConfig } from "../config/config.ts";
import { readVariables } from "./variables.ts";

await runCommand(async () => {
	let problems = 0;
	for (const [name, variables] of await readVariables()) {
		const config = readConfig(variables);
		if ("pools" in config) continue;
		problems += config.length;
		for (const problem of config)
			process.stderr.write(`wrangler.toml ${name === "" ? "[vars]" : `[env.${name}.vars]`} ${problem}\n`);
	}
	return problems === 0 ? EXIT.ok : EXIT.failed;
});
