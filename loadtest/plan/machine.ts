/**
 * The share of a test that one of several machines takes. Clients have their numbers in the whole test and are dealt
 * out in turn: first over the machines, then over each machine's worker processes. k6's scripts load this file with
 * the table of fields: no Node imports.
 */

/** One of the machines of a test; numbers count from 1. */
export interface Machine {
	readonly number: number;
	readonly of: number;
}

/** How many of the test's clients are this machine's. */
export function ownClients({ machine, clients }: { machine: Machine; clients: number }): number {
	return Math.floor((clients - machine.number) / machine.of) + 1;
}

/** The number in the whole test of this machine's client `own` (from 0). */
export function testNumber({ number, of }: Machine, own: number): number {
	return own * of + number - 1;
}

/** The number among this machine's clients of one of them. */
export function ownNumber({ of }: Machine, client: number): number {
	return Math.floor(client / of);
}

/** A place in the order in which a test's clients are dealt out. */
export interface Place {
	readonly index: number;
	readonly of: number;
}

/** The place of a worker process among those of all machines. */
export function placeOf(
	{ machine, processes }: { machine: Machine; processes: number },
	worker: number,
): Place {
	return { index: testNumber(machine, worker), of: machine.of * processes };
}

/** Whether a client, or anything else that is numbered, falls to a place. */
export function fallsTo({ index, of }: Place, number: number): boolean {
	return number % of === index;
}
