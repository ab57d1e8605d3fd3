/** A WebSocket asked for by the name `flashsocket`, as the old Flash clients did. k6 has no raw TCP, so that the policy file is not fetched. `k6 run -e SIO_URL=https://localhost:8443 flashsocket.ts` */
import { scriptFor } from "./script/script.ts";

const script = scriptFor("flashsocket");

export const options = script.options;
export default script.session;
