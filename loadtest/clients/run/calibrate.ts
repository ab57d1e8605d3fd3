/** `npm run swarm -- calibrate`: how much load this machine can generate before its own delays dominate. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { CommandError, EXIT, newCommand, wholeNumber } from "../../../worker/command-line/command.ts";
import { optionFor } from "../../plan/flags.ts";
import { planFrom } from "../../plan/plan.ts";
import { Histogram } from "../../record/histogram.ts";
import type { Result, Transport } from "../../record/result.ts";
import { runSwarm } from "./run.ts";

/** Messages per second, tried in this order until one is too high. */
const RATES_PER_SECOND = [500, 1000, 2000, 4000, 8000, 12_000, 16_000, 24_000, 32_000];

interface CalibrateFlags {
	readonly transports: Transport[];
	readonly clients: number;
	readonly seconds: number;
	readonly processes: number;
	readonly most: number;
}

/** What was measured at one rate. */
interface Step {
	readonly rate: number;
	readonly achieved: number;
	readonly elu: number;
	/** Share of late sends, and the longest event-loop delay in µs. */
	readonly late: number;
	readonly loopDelay: number;
	readonly p50: number;
	readonly p99: number;
	readonly valid: boolean;
}

/** Doubts that say the load was too much for this machine, which is what calibrate looks for. */
const TOO_MUCH: readonly string[] = ["generator_busy", "generator_paused", "generator_silent", "not_sent"];

/** Drives an echo server of its own at rising rates. Throws a CommandError when it cannot measure. */
export async function calibrateCommand(argv: readonly string[], stop: AbortSignal): Promise<number> {
	const flags = newCommand(
		"npm run swarm -- calibrate",
		"Shows how much load this machine can generate, against an echo server of its own on loopback.",
	)
		.addOption(
			optionFor("transports", "--transports <list>", "transports to try, one after the other").default(
				["polling", "websocket"],
				"polling,websocket",
			),
		)
		.option("--clients <n>", "clients", wholeNumber(1, 20_000), 200)
		.option("--seconds <n>", "seconds at each rate", wholeNumber(1, 600), 4)
		.option("--processes <n>", "worker processes", wholeNumber(1, 64), 1)
		.option("--most <n>", "highest rate to try", wholeNumber(1, 1_000_000), 32_000)
		.parse([...argv], { from: "user" })
		.opts<CalibrateFlags>();
	const server = fork(new URL("./calibrate-target.ts", import.meta.url), [], {
		execArgv: [],
		stdio: ["ignore", "ignore", "inherit", "ipc"],
	});
	try {
		const [url] = (await once(server, "message")) as [string];
		for (const transport of flags.transports) await climb(url, transport, flags, stop);
	} finally {
		if (server.connected) server.disconnect();
	}
	return stop.aborted ? EXIT.interrupted : EXIT.ok;
}

async function climb(
	url: string,
	transport: Transport,
	flags: CalibrateFlags,
	stop: AbortSignal,
): Promise<void> {
	process.stdout.write(
		`${transport}, ${flags.clients} clients, ${flags.processes} ${flags.processes === 1 ? "process" : "processes"}\n${HEAD}\n`,
	);
	let most = 0;
	for (const rate of RATES_PER_SECOND.filter((one) => one <= flags.most || one === RATES_PER_SECOND[0])) {
		const { clients, seconds, processes } = flags;
		const plan = planFrom({
			url,
			transports: [transport],
			clients,
			rate,
			duration: seconds,
			warmup: 1,
			processes,
			ackTimeout: 5,
		});
		const result = await runSwarm(plan, { progress: () => {} }, stop);
		if (stop.aborted) return;
		const failure = failureOf(result);
		if (failure !== null) throw new CommandError(`${transport}, ${rate} messages per second: ${failure}.`);
		const step = stepOf(result, rate);
		process.stdout.write(`${renderStep(step)}\n`);
		if (!step.valid) break;
		most = rate;
	}
	process.stdout.write(
		`${most > 0 ? `${transport}: plan for at most ${most} messages per second on this machine` : `${transport}: even ${RATES_PER_SECOND[0]} messages per second are too many for this machine`}.\n\n`,
	);
}

/** Why a run measured something other than the rate, with the fix; null when nothing but the rate was too high. */
function failureOf({ validity, groups }: Result): string | null {
	const { counts, errors } = groups[0]!;
	const { sessionsOpen, sessionsTried } = counts;
	if (sessionsOpen < sessionsTried) {
		// The echo server has the same limit of file descriptors, and resets what it cannot accept.
		const kinds = Object.entries(errors).map(([kind, times]) => `${kind}: ${times}`);
		return `only ${sessionsOpen} of ${sessionsTried} sessions opened (${kinds.join(", ")}); raise \`ulimit -n\`, or lower --clients`;
	}
	const failure = validity.flags.find(
		({ code, severity }) => severity === "invalid" && !TOO_MUCH.includes(code),
	);
	return failure === undefined ? null : `${failure.message}; ${failure.advice}`;
}

function stepOf(result: Result, rate: number): Step {
	const group = result.groups[0]!;
	const ack = group.metrics.ack ? Histogram.fromRecord(group.metrics.ack.histogram) : new Histogram();
	const worst = (field: "elu" | "loopDelayP99") =>
		Math.max(0, ...result.generator.map((window) => window[field]));
	return {
		rate,
		achieved: group.counts.received / group.seconds,
		elu: worst("elu"),
		late: group.counts.due === 0 ? 0 : group.counts.late / group.counts.due,
		loopDelay: worst("loopDelayP99"),
		p50: ack.quantile(0.5),
		p99: ack.quantile(0.99),
		valid: result.validity.valid,
	};
}

const HEAD = "  asked/s   acks/s   loop busy   loop delay   late   p50 ms   p99 ms";

function renderStep({ rate, achieved, elu, loopDelay, late, p50, p99, valid }: Step): string {
	const cells: [string, number][] = [
		[String(rate), 9],
		[achieved.toFixed(0), 9],
		[`${(elu * 100).toFixed(0)} %`, 12],
		[`${(loopDelay / 1000).toFixed(1)} ms`, 13],
		[`${(late * 100).toFixed(1)} %`, 7],
		[(p50 / 1000).toFixed(2), 9],
		[(p99 / 1000).toFixed(2), 9],
	];
	return (
		cells.map(([text, width]) => text.padStart(width)).join("") +
		(valid ? "" : "   invalid: the generator was too busy")
	);
}
