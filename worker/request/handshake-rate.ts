/** How many new sessions one client may open a minute. */

/** The present minute's handshakes by client; plain data, one for each isolate. */
export interface HandshakeRate {
	/** Epoch ms of the minute's begin. */
	minute: number;
	readonly counts: Map<string, number>;
}

/** Clients remembered a minute: beyond it an attacker with endless addresses would cost memory, so newcomers pass uncounted. */
const REMEMBERED = 20_000;

export function newHandshakeRate(): HandshakeRate {
	return { minute: 0, counts: new Map() };
}

/** Counts one handshake of `client`; false when it is above `limit` a minute. */
export function admits(rate: HandshakeRate, client: string, limit: number, now: number): boolean {
	const minute = now - (now % 60_000);
	if (minute !== rate.minute) {
		rate.minute = minute;
		rate.counts.clear();
	}
	const count = rate.counts.get(client) ?? 0;
	if (count >= limit) return false;
	if (count > 0 || rate.counts.size < REMEMBERED) rate.counts.set(client, count + 1);
	return true;
}

/**
 * What counts as one client: an IPv4 address, or an IPv6 /64 (RFC 4291 section 2.5.4: below it addresses
 * are the host's own to choose, and one host has 2^64 of them).
 */
export function clientKey(address: string): string {
	if (!address.includes(":")) return address;
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
	if (mapped) return mapped;
	const [head = "", tail] = address.toLowerCase().split("::");
	const left = head === "" ? [] : head.split(":");
	const right = tail === undefined || tail === "" ? [] : tail.split(":");
	const middle = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
	const groups = [...left, ...new Array<string>(middle).fill("0"), ...right];
	return `${groups
		.slice(0, 4)
		.map((group) => group.replace(/^0+(?=.)/, ""))
		.join(":")}::/64`;
}
