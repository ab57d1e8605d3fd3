/** The project's folders, and the date that pins the runtime's behaviour. */
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** The folder for data that commands keep between runs; Git ignores it. */
export const STATE_FOLDER = fileURLToPath(new URL("../../.edge", import.meta.url));

/** The compatibility date of the Workers runtime; wrangler.toml and the tests use the same. */
export const COMPATIBILITY_DATE = "2026-10-23";
