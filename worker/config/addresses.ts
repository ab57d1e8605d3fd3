/** IP addresses and ranges of them (RFC 4632, RFC 4291). */

/** Whether an address lies in a range such as "10.0.0.0/8", or equals a single address. IPv4-mapped IPv6 (::ffff:…) counts as IPv4. */
export function isWithin(address: string, range: string): boolean {
	const [base, length] = range.split("/") as [string, string | undefined];
	const bits = bitsOf(address);
	const baseBits = bitsOf(base);
	if (bits === null || baseBits === null || bits.length !== baseBits.length) return false;
	const prefix = length === undefined ? bits.length : Number(length);
	return bits.slice(0, prefix) === baseBits.slice(0, prefix);
}

/** Whether text is an address, or an address with a valid prefix length. */
export function isRange(text: string): boolean {
	const [base, length, more] = text.split("/") as [string, string | undefined, string | undefined];
	const bits = bitsOf(base);
	if (bits === null || more !== undefined) return false;
	return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits.length);
}

/** The 32 or 128 bits of an address as text of 0 and 1; null when it is not an address. */
export function bitsOf(address: string): string | null {
	const v4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/i.exec(address);
	if (v4) {
		const bytes = v4.slice(1).map(Number);
		return bytes.every((byte) => byte < 256) ? bytes.map((byte) => toBits(byte, 8)).join("") : null;
	}
	const halves = address.split("::");
	if (!address.includes(":") || halves.length > 2) return null;
	const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":"))) as [
		string[],
		string[] | undefined,
	];
	const missing = 8 - head.length - (tail?.length ?? 0);
	if (tail === undefined ? missing !== 0 : missing < 1) return null;
	const groups = [...head, ...new Array<string>(missing).fill("0"), ...(tail ?? [])];
	return groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))
		? groups.map((group) => toBits(Number.parseInt(group, 16), 16)).join("")
		: null;
}

function toBits(value: number, width: number): string {
	return value.toString(2).padStart(width, "0");
}
