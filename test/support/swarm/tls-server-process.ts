/** A TLS echo server in a process of its own. */
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { certificateFor } from "../../../worker/selfhost/certificate.ts";

const { certFile, keyFile } = await certificateFor(null, null);
const https = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
new Server(https, { perMessageDeflate: false }).on("connection", (socket) => {
	socket.on("echo", (payload: string, ack: (payload: string) => void) => ack(payload));
});
https.listen(0, "127.0.0.1", () =>
	process.send!(`https://127.0.0.1:${(https.address() as AddressInfo).port}`),
);
process.on("disconnect", () => process.exit(0));
