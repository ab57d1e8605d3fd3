/** `npm run swarm -- check URL`: one session on each transport at each address. A smoke test for deployments. */
import { aborted, EXIT } from "../../../worker/command-line/command.ts";
import { DEFAULTS } from "../../plan/fields.ts";
import { readCheckFlags } from "../../plan/flags.ts";
import { masked, pathsFrom } from "../../plan/paths.ts";
import { type Plan, type PlanOptions, planFrom } from "../../plan/plan.ts";
import { refuseProxy } from "../../plan/proxy.ts";
import type { Scenario } from "../../plan/scenario.ts";
import { loadScenario } from "../../plan/scenarios.ts";
import { PHASES } from "../../record/metrics.ts";
import { METRICS, type Transport } from "../../record/result.ts";
import { causeIn, type FirstSession, openFirstSessions } from "./first-sessions.ts";
import { withUsableSources } from "./sources.ts";

/** One checked session, as `--json` prints it. */
export interface CheckedSession {
	readonly transport: Transport;
	readonly path: string;
	/** Without the values of its query. */
	readonly url: string;
	readonly ok: boolean;
	/** Milliseconds of each phase that took place. */
	readonly phasesMs: Readonly<Record<string, number>>;
	/** The kind under which a run would count the failure, and its cause with the fix; null = it worked. */
	readonly error: { readonly kind: string; readonly cause: string } | null;
}

/** Runs the command and returns its exit code: 0 when all sessions worked, 1 when one failed. Throws UsageError. */
export async function checkCommand(argv: readonly string[], stop: AbortSignal): Promise<number> {
	const { options, json } = readCheckFlags(argv);
	const scenario = await loadScenario(options.scenario ?? "echo");
	const plan = planFrom(withEnoughClients({ ...options, scenario }));
	refuseProxy(plan.paths, process.env);
	const checking = check(plan);
	checking.catch(() => {});
	await Promise.race([checking, aborted(stop)]);
	if (stop.aborted) return EXIT.interrupted;
	const sessions = await checking;
	const ok = sessions.every((one) => one.ok);
	process.stdout.write(json ? `${JSON.stringify({ ok, sessions })}\n` : renderCheck(sessions));
	return ok ? EXIT.ok : EXIT.failed;
}

/**
 * A client of its own for each session, because those after a failure are opened together, and an application may end
 * the older of a user's sessions. With `--data` the load groups' users are different anyway, by their rows.
 */
function withEnoughClients(options: PlanOptions & { scenario: Scenario }): PlanOptions {
	const { url, scenario, data } = options;
	const paths = pathsFrom(url, options.paths);
	const transports = options.transports ?? scenario.settings.transports ?? DEFAULTS.transports;
	const most = Math.max(...paths.map(({ urls }) => urls.length));
	const clients = most * (data === undefined ? transports.length * paths.length : 1);
	return { ...options, clients: scenario.activity === "fanout" ? Math.max(3, clients) : clients };
}

async function check(asked: Plan): Promise<CheckedSession[]> {
	const plan = await withUsableSources(asked);
	return (await openFirstSessions(plan, "in turn")).map((session) => checkedSession(plan, session));
}

function checkedSession(plan: Plan, { group, url, phases, failure }: FirstSession): CheckedSession {
	const error = failure && { kind: failure.kind, cause: causeIn(plan, group, failure).replace(/\s+/g, " ") };
	const phasesMs = Object.fromEntries(
		METRICS.flatMap((name) => (phases[name] === undefined ? [] : [[name, Math.round(phases[name]) / 1000]])),
	);
	const { transport, path } = group;
	return { transport, path: path.name, url: masked(url), ok: failure === null, phasesMs, error };
}

/** As in a report, with the upgrade before the first ack. */
const CHECKED_PHASES = [...PHASES.slice(0, -1), ["upgrade", "upgrade"] as const, ...PHASES.slice(-1)];

/** One line for each session. A cause that the line before it has too is not repeated. */
export function renderCheck(sessions: readonly CheckedSession[]): string {
	const names = sessions.map(({ transport, path, url }) => [transport, path, url] as const);
	const widths = [0, 1, 2].map((column) => Math.max(...names.map((name) => name[column]!.length)));
	const lines = sessions.map(({ ok, phasesMs, error }, row) => {
		const name = names[row]!.map((text, column) => text.padEnd(widths[column]!)).join("  ");
		const times = CHECKED_PHASES.flatMap(([phase, label]) =>
			phasesMs[phase] === undefined ? [] : [`${label} ${phasesMs[phase].toFixed(1)} ms`],
		);
		const isRepeated = error !== null && error.cause === sessions[row - 1]?.error?.cause;
		return `${ok ? "OK  " : "FAIL"}  ${name}  ${isRepeated ? "the same" : (error?.cause ?? times.join(", "))}`;
	});
	return `${lines.join("\n")}\n`;
}
