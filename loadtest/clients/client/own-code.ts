/** Calls into the scenario's file: what goes wrong there becomes an error that names the function. */
import { pathToFileURL } from "node:url";
import { detailOf, OpenFailure, withTimeout } from "./failure.ts";

/** The functions of a scenario's file. */
export type OwnFunction = "session" | "setup" | "message" | "args" | "flow";

/** What the function's promise gives. Rejects with an OpenFailure when it fails or takes longer than `limit` seconds. */
export async function awaitOwn<T>(name: OwnFunction, limit: number, work: Promise<T>): Promise<T> {
	try {
		return await withTimeout(limit * 1000, "scenario_timeout", `${name}() did not end`, work);
	} catch (error) {
		throw ownFailure(name, error);
	}
}

/** The error of a function of the scenario's file, with its name; an OpenFailure stays as it is. */
export function ownFailure(name: OwnFunction, error: unknown): OpenFailure {
	if (error instanceof OpenFailure) return error;
	const kind = error instanceof Error && error.name !== "Error" ? `${error.name}: ` : "";
	return new OpenFailure("scenario_error", `${name}(): ${kind}${detailOf(error)}`);
}

/**
 * Calls back for what the scenario's file throws where the swarm cannot catch it: in its listeners, and in promises that
 * are not awaited. Any other error ends the process, as it would without this. The returned function ends it.
 */
export function onStrayError(file: string, callback: (text: string) => void): () => void {
	if (file === "") return () => {};
	const listener = (error: unknown, origin: string) => {
		const isOwn = origin === "unhandledRejection" || lineIn(error, file) !== null;
		if (!isOwn) {
			console.error(error);
			process.exit(1);
		}
		const where = origin === "unhandledRejection" ? "a promise that is not awaited" : "a listener";
		callback(`${where}: ${placeOf(error, file)}`);
	};
	process.on("uncaughtException", listener);
	return () => process.off("uncaughtException", listener);
}

/** An error's name, and its line in the file: its message may hold what the client keeps secret. */
function placeOf(error: unknown, file: string): string {
	if (!(error instanceof Error)) return typeof error;
	const line = lineIn(error, file);
	return line === null ? error.name : `${error.name} in line ${line}`;
}

/** The first line of the file in an error's stack, which has ES modules by URL and others by path; null if none. */
function lineIn(error: unknown, file: string): number | null {
	const stack = (error instanceof Error && error.stack) || "";
	const name = [pathToFileURL(file).href, file].find((one) => stack.includes(`${one}:`));
	return name === undefined ? null : Number.parseInt(stack.split(`${name}:`)[1]!, 10);
}
