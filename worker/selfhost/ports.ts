/** Ports to listen on. */
import { createServer } from "node:net";
import { CommandError } from "./command.ts";

/** Checks that `port` can be listened on, and gives a free one for 0. `flag` names it in the error. */
export async function usablePort(port: number, host: string, flag: string): Promise<number> {
	const server = createServer();
	try {
		return await new Promise<number>((resolve, reject) => {
			server.once("error", reject);
			server.listen({ port, host, exclusive: true }, () =>
				resolve((server.address() as { port: number }).port),
			);
		});
	} catch (error) {
		throw new CommandError(explain((error as NodeJS.ErrnoException).code, port, host, flag));
	} finally {
		await new Promise<void>((resolve) => server.close(() => resolve()));
	}
}

function explain(code: string | undefined, port: number, host: string, flag: string): string {
	if (code === "EADDRINUSE")
		return `${flag} ${port}: the port is in use on ${host}; give another, or 0 for any free one`;
	if (code === "EACCES")
		return `${flag} ${port}: not permitted; ports below 1024 need privileges, give a higher one`;
	if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
		return `--host ${host}: not an address of this machine`;
	return `${flag} ${port}: cannot listen on ${host} (${code})`;
}
