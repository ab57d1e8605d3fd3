/** Listening on a port, with an error that a person can act on. */
import type { AddressInfo, Server } from "node:net";
import { CommandError } from "../worker/selfhost/command.ts";

/** Listens and resolves with the real port. Throws a `CommandError` that names the port and `flag`. */
export function listen(server: Server, host: string, port: number, flag: string): Promise<number> {
	return new Promise((resolve, reject) => {
		const onError = (error: NodeJS.ErrnoException) =>
			reject(new CommandError(listenError(error, host, port, flag)));
		server.once("error", onError);
		// exclusive: inside a cluster each process has a port of its own; the primary must not share it out.
		server.listen({ host, port, exclusive: true }, () => {
			server.removeListener("error", onError);
			resolve((server.address() as AddressInfo).port);
		});
	});
}

/** What went wrong, and the cure, by the system's error code. */
export function listenError(error: NodeJS.ErrnoException, host: string, port: number, flag: string): string {
	switch (error.code) {
		case "EADDRINUSE":
			return `port ${port} on ${host} is in use: stop what listens there, or give another ${flag} (0 = any free port)`;
		case "EACCES":
			return `port ${port} on ${host} is not allowed to this user: give a ${flag} of 1024 or more`;
		case "EADDRNOTAVAIL":
		case "ENOTFOUND":
			return `host ${host} is not an address of this machine: give another --host`;
		default:
			return `port ${port} on ${host} (${flag}) cannot be listened on: ${error.message}`;
	}
}
