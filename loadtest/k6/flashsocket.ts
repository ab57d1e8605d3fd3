/** A WebSocket that asks for the transport `flashsocket`, like the old Flash clients. k6 has no raw TCP, so it does not fetch the policy file. `k6 run -e SIO_URL=https://localhost:8443 flashsocket.ts` */
import { scriptFor } from "./script/script.ts";

const script = scriptFor("flashsocket");

export const options = script.options;
export default script.session;
