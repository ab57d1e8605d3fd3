/** Socket.IO over HTTP long-polling only: one pending GET, and POSTs. `k6 run -e SIO_URL=https://localhost:8443 polling.ts` */
import { scriptFor } from "./script/script.ts";

const script = scriptFor("polling");

export const options = script.options;
export default script.session;
