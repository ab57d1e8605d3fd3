/** Listening on a port, with errors that name the flag and the fix. */
import { type AddressInfo, createServer, type Server } from "node:net";
import { CommandError } from "./command.ts";

/** Listens on `port` (0 = any free one) and resolves with the bound port. Throws a `CommandError` that names `flag`. */
export function listen(server: Server, host: string, port: number, flag: string): Promise<number> {
	return new Promise((resolve, reject) => {
		const onError = (error: NodeJS.ErrnoException) =>
			reject(new CommandError(listenError(error, host, port, flag)));
		server.once("error", onError);
		// exclusive: in a Node cluster each worker has a port of its own, which the primary must not share among them.
		server.listen({ host, port, exclusive: true }, () => {
			server.removeListener("error", onError);
			resolve((server.address() as AddressInfo).port);
		});
	});
}

/** Checks that `port` can be bound and releases it again; resolves with a free port for 0. Throws as `listen` does. */
export async function usablePort(port: number, host: string, flag: string): Promise<number> {
	const server = createServer();
	try {
		return await listen(server, host, port, flag);
	} finally {
		await new Promise<void>((resolve) => server.close(() => resolve()));
	}
}

/** How many free ports are tried. */
const MAX_FREE_PORTS = 5;

/**
 * Calls `start` with a free port. Another process may take that before `start` binds it; then calls `start` with another
 * one. Throws as `listen` and `start` do.
 */
export async function startOnFreePort<T>(
	host: string,
	flag: string,
	start: (port: number) => Promise<T>,
): Promise<T> {
	for (let tried = 1; ; tried++) {
		const port = await usablePort(0, host, flag);
		try {
			return await start(port);
		} catch (error) {
			const isTaken = /address already in use/i.test(String(error));
			if (!isTaken || tried === MAX_FREE_PORTS) throw error;
		}
	}
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number, flag: string): string {
	switch (error.code) {
		case "EADDRINUSE":
			return `${flag} ${port}: the port is in use on ${host}; stop what listens there, or give another port (0 = any free one)`;
		case "EACCES":
			return `${flag} ${port}: not permitted; ports below 1024 need privileges, give a higher one`;
		case "EADDRNOTAVAIL":
		case "ENOTFOUND":
			return `--host ${host}: not an address of this machine`;
		default:
			return `${flag} ${port}: cannot listen on ${host} (${error.code ?? error.message})`;
	}
}
