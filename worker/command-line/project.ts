/** Fixed places on disk, and the runtime version that everything is pinned to. */
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** What commands keep between runs; ignored by Git. */
export const STATE_FOLDER = fileURLToPath(new URL("../../.edge", import.meta.url));

/** The compatibility date of the Workers runtime; wrangler.toml and the tests use the same. */
export const COMPATIBILITY_DATE = "2026-10-23";
