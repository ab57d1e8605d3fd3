/** What one WebSocket message or one attachment is: text, or bytes. */
export type Frame = string | ArrayBuffer;

/** Base64 of the runtime at hand: `k6/encoding` in k6, Buffer in Node. */
export interface Base64 {
	encode(bytes: ArrayBuffer): string;
	decode(text: string): ArrayBuffer;
}

/** The other side broke the protocol: which rule, in one line. */
export class ProtocolError extends Error {}
