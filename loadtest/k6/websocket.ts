/** Socket.IO over a WebSocket from the start. `k6 run -e SIO_URL=https://localhost:8443 websocket.ts` */
import { scriptFor } from "./script/script.ts";

const script = scriptFor("websocket");

export const options = script.options;
export default script.session;
