/** Session ids that name their node: the tag, then random characters. */
import { randomBytes } from "node:crypto";
import { SID_LENGTH, TAG_LENGTH } from "../../worker/contract.ts";

const RANDOM_CHARACTERS = SID_LENGTH - TAG_LENGTH;
/** 13 bytes give 18 base64url characters; 17 of them are used: 102 random bits. */
const RANDOM_BYTES = 13;

/** A new Engine.IO session id of exactly 20 base64url characters that begins with `tag`. */
export function mintSid(tag: string): string {
	return tag + randomBytes(RANDOM_BYTES).toString("base64url").slice(0, RANDOM_CHARACTERS);
}
