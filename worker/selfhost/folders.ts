/** Where things stand on disk. */
import { fileURLToPath } from "node:url";

/** The project's root. */
export const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** Git-ignored: what commands keep between runs. */
export const STATE_FOLDER = fileURLToPath(new URL("../../.edge", import.meta.url));

/** The Workers runtime's behaviour is pinned to this date; wrangler.toml and the tests hold the same. */
export const COMPATIBILITY_DATE = "2026-10-23";
