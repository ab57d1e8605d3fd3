/** What each message carries. */
import type { Settings } from "./settings.ts";

/** As many bytes as the settings say, as text (one byte a character) or as bytes. */
export function payloadOf({ payload, binary }: Pick<Settings, "payload" | "binary">): string | ArrayBuffer {
	return binary ? new Uint8Array(payload).fill(0x78).buffer : "x".repeat(payload);
}
