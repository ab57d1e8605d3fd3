/** What the monitor sees, asked for by a person or a machine that reads statistics. */
import type { Env } from "../env.ts";
import type { Verdict } from "../health/verdict.ts";
import { askShared, hasShared } from "../state.ts";

const ANSWER_LIMIT = 5000;

/** The monitor's verdict; null when none is bound or it is away. */
export async function verdict(env: Env): Promise<Verdict | null> {
	if (!hasShared(env, "monitor")) return null;
	try {
		const response = await askShared(env, "monitor", "/verdict", {
			signal: AbortSignal.timeout(ANSWER_LIMIT),
		});
		return response.ok ? ((await response.json()) as Verdict) : null;
	} catch {
		return null;
	}
}
