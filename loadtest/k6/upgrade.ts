/** The default of browsers: polling first, then the upgrade to a WebSocket. `k6 run -e SIO_URL=https://localhost:8443 upgrade.ts` */
import { scriptFor } from "./script/script.ts";

const script = scriptFor("upgrade");

export const options = script.options;
export default script.session;
