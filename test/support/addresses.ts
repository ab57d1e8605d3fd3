/** Whether this machine lets a client choose among the addresses of 127.0.0.0/8, as Linux does and macOS does not. */
import { once } from "node:events";
import { createServer } from "node:net";

async function canListenAt(address: string): Promise<boolean> {
	const server = createServer().listen(0, address);
	try {
		await once(server, "listening");
		return true;
	} catch {
		return false;
	} finally {
		server.close();
	}
}

export const hasAddresses = await canListenAt("127.0.0.2");

/** In CI the tests that need these addresses run, and fail where there are none. */
export const skipWithoutAddresses = process.env["CI"] === undefined && !hasAddresses;
