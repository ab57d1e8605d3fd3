/** Binary attachments: removed from an event's data for the wire, put back on arrival. */
import { ProtocolError } from "./frame.ts";

/** `value` with each ArrayBuffer or view replaced by a placeholder, and the bytes in the same order. */
export function detach(value: unknown): { value: unknown; attachments: ArrayBuffer[] } {
	const attachments: ArrayBuffer[] = [];
	return { value: withPlaceholders(value, attachments), attachments };
}

function withPlaceholders(value: unknown, attachments: ArrayBuffer[]): unknown {
	if (value instanceof ArrayBuffer) return { _placeholder: true, num: attachments.push(value) - 1 };
	if (ArrayBuffer.isView(value)) return withPlaceholders(bytesOf(value), attachments);
	if (Array.isArray(value)) return value.map((item) => withPlaceholders(item, attachments));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, item]) => [key, withPlaceholders(item, attachments)]),
	);
}

/** `value` with each placeholder replaced by its attachment. Throws a ProtocolError when one is missing. */
export function reattach(value: unknown, attachments: readonly ArrayBuffer[]): unknown {
	if (Array.isArray(value)) return value.map((item) => reattach(item, attachments));
	if (typeof value !== "object" || value === null) return value;
	if ("_placeholder" in value && value._placeholder === true) {
		const bytes = attachments[(value as { num?: unknown }).num as number];
		if (bytes === undefined) throw new ProtocolError("a placeholder names an attachment that did not come");
		return bytes;
	}
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reattach(item, attachments)]));
}

function bytesOf(view: ArrayBufferView): ArrayBuffer {
	return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer;
}
