import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import org.json.JSONArray;
import org.json.JSONObject;

/** socket.io-client-java. Commands and events as in ../js/lines.ts. */
public class Client {
	/** Trusts every certificate: the edge's is made by the test. */
	static final X509TrustManager TRUST = new X509TrustManager() {
		public void checkClientTrusted(X509Certificate[] chain, String type) {}

		public void checkServerTrusted(X509Certificate[] chain, String type) {}

		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}
	};

	static final Map<Integer, Socket> SOCKETS = new ConcurrentHashMap<>();

	public static void main(String[] args) throws Exception {
		BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
		for (String line; (line = lines.readLine()) != null;) handle(new JSONObject(line));
		System.exit(0);
	}

	static void handle(JSONObject command) throws Exception {
		int session = command.getInt("session");
		Socket socket = SOCKETS.get(session);
		switch (command.getString("do")) {
			case "connect":
				SOCKETS.put(session, connect(session, command.getString("url"), command.getJSONArray("transports")));
				break;
			case "ask":
				Ack ack = (values) -> print(session, "ack", "text", values[0]);
				socket.emit(command.getString("event"), command.getString("text"), ack);
				break;
			case "binary":
				socket.emit("binary", (Object) Base64.getDecoder().decode(command.getString("bytes")));
				break;
			default:
				socket.disconnect();
		}
	}

	static Socket connect(int session, String url, JSONArray transports) throws Exception {
		// A client of its own for each session: the default dispatcher sends at most 5 requests at a time to one host, polls included.
		OkHttpClient http = trusting();
		IO.Options options = new IO.Options();
		options.forceNew = true;
		options.callFactory = http;
		options.webSocketFactory = http;
		options.transports = new String[transports.length()];
		for (int i = 0; i < transports.length(); i++) options.transports[i] = transports.getString(i);
		Socket socket = IO.socket(URI.create(url), options);
		socket.on(Socket.EVENT_CONNECT, (values) -> print(session, "connect", "text", ""));
		socket.on(Socket.EVENT_CONNECT_ERROR, (values) -> print(session, "error", "text", values[0]));
		socket.on(Socket.EVENT_DISCONNECT, (values) -> print(session, "disconnect", "text", values[0]));
		socket.on("binary", (values) ->
			print(session, "binary", "bytes", Base64.getEncoder().encodeToString((byte[]) values[0])));
		return socket.connect();
	}

	static OkHttpClient trusting() throws Exception {
		SSLContext tls = SSLContext.getInstance("TLS");
		tls.init(null, new TrustManager[] {TRUST}, new SecureRandom());
		return new OkHttpClient.Builder()
			.hostnameVerifier((host, tlsSession) -> true)
			.sslSocketFactory(tls.getSocketFactory(), TRUST)
			// A poll is answered after pingInterval at the latest, 25 s.
			.readTimeout(1, java.util.concurrent.TimeUnit.MINUTES)
			.build();
	}

	static synchronized void print(int session, String on, String field, Object value) {
		try {
			System.out.println(new JSONObject().put("session", session).put("on", on).put(field, String.valueOf(value)));
		} catch (Exception error) {
			throw new IllegalStateException(error);
		}
	}
}
