/** One session of each load group at each of its addresses: what the check before a run and `swarm check` open. */
import { CommandError } from "../../../worker/command-line/command.ts";
import type { LoadGroupPlan } from "../../plan/load-group.ts";
import { ownClients, testNumber } from "../../plan/machine.ts";
import { settingsFor } from "../../plan/path-settings.ts";
import type { Plan } from "../../plan/plan.ts";
import { causeOf } from "../../record/causes.ts";
import { joinRoom, roomOf } from "../activities/fanout.ts";
import { clientOptions } from "../client/client-options.ts";
import { OpenFailure } from "../client/failure.ts";
import { type Inputs, loadInputs, trustForFetch } from "../client/inputs.ts";
import { onStrayError } from "../client/own-code.ts";
import { endSession, openSession, type Phases } from "../client/session.ts";

/** A session to open. */
interface Asked {
	readonly group: LoadGroupPlan;
	/** The load group's number in the plan, and the client's among this machine's. */
	readonly number: number;
	readonly client: number;
	readonly url: string;
}

/** What became of it. */
export interface FirstSession extends Asked {
	/** None if it failed. */
	readonly phases: Phases;
	/** Null if it opened, and, where it sends a message, that was answered. */
	readonly failure: OpenFailure | null;
}

/**
 * Opens one session of each load group to each of its addresses, sends one message, and ends them, in the order of the
 * plan: `together`, or `in turn`, so that no session delays another one's phases. After a failure the rest is opened
 * together, because a target that is out of reach would take the time limit for each.
 */
export async function openFirstSessions(plan: Plan, how: "together" | "in turn"): Promise<FirstSession[]> {
	const inputs = await loadInputs(plan);
	const restoreTrust = trustForFetch(plan);
	const rest = sessionsOf(plan);
	const opened: FirstSession[] = [];
	let stray = "";
	const endStray = onStrayError(plan.scenarioFile, (text) => {
		stray = text;
	});
	try {
		while (how === "in turn" && rest.length > 0 && opened.every(({ failure }) => failure === null))
			opened.push(await openOne(plan, rest.shift()!, inputs));
		opened.push(...(await openTogether(plan, rest, inputs)));
	} finally {
		restoreTrust();
		endStray();
	}
	if (stray !== "") throw new CommandError(`--scenario ${plan.scenarioFile}: an error in ${stray}.`);
	return opened;
}

/** Sessions of one client take turns, those of different clients are opened side by side. */
function openTogether(plan: Plan, sessions: readonly Asked[], inputs: Inputs): Promise<FirstSession[]> {
	const turns = new Map<number, Promise<unknown>>();
	return Promise.all(
		sessions.map((asked) => {
			const before = turns.get(asked.client) ?? Promise.resolve();
			const turn = before.then(() => openOne(plan, asked, inputs));
			turns.set(asked.client, turn);
			return turn;
		}),
	);
}

/**
 * Each load group has clients of its own where there are enough, because an application may end the older one of two
 * sessions of the same user.
 */
function sessionsOf(plan: Plan): Asked[] {
	return plan.groups.flatMap((group, number) => {
		const { urls } = group.path;
		const turns = Math.max(1, Math.floor(ownClients(plan) / urls.length));
		return urls.map((url, n) => ({ group, number, url, client: n + urls.length * (number % turns) }));
	});
}

async function openOne(plan: Plan, asked: Asked, inputs: Inputs): Promise<FirstSession> {
	const { group, number, client } = asked;
	try {
		const options = clientOptions(plan, group, testNumber(plan.machine, client), inputs);
		const session = await openSession({ ...options, reconnection: false });
		if (plan.activity === "fanout")
			await joinRoom(session, roomOf(plan, number), plan.connectTimeout).catch(async (error: unknown) => {
				await endSession(session);
				throw error;
			});
		const end = session.ended();
		await endSession(session);
		return {
			...asked,
			phases: session.phases,
			failure: end && new OpenFailure(end.kind, session.masked(end.text)),
		};
	} catch (error) {
		if (error instanceof OpenFailure) return { ...asked, phases: {}, failure: error };
		throw error;
	}
}

/** What a failure means and how to fix it; for a missing `echo` with the three lines to add. */
export function causeIn(plan: Plan, group: LoadGroupPlan, { kind, message }: OpenFailure): string {
	return (
		causeOf(kind, message, settingsFor(plan, group.path.name)) ??
		`no Socket.IO session (${kind}: ${message}).`
	);
}
