/** The Worker's entry: passes each request to the pipeline and exports the Durable Objects. */
import type { Env } from "./env.ts";
import { respond } from "./pipeline/respond.ts";

export { Monitor } from "./health/monitor.ts";
export { Ledger } from "./stats/ledger.ts";

export default { fetch: respond } satisfies ExportedHandler<Env>;
