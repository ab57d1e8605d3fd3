/** The content of one WebSocket message or attachment: text or bytes. */
export type Frame = string | ArrayBuffer;

/** The base64 codec of the runtime: `k6/encoding` in k6, Buffer in Node. */
export interface Base64 {
	encode(bytes: ArrayBuffer): string;
	decode(text: string): ArrayBuffer;
}

/** The other side violated the protocol; the message says how, in one line. */
export class ProtocolError extends Error {}
