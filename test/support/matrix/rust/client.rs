//! rust_socketio's client. Commands and events as in ../js/lines.ts.
use base64::{engine::general_purpose::STANDARD, Engine};
use rust_socketio::{client::Client, ClientBuilder, Event, Payload, TransportType};
use serde_json::{json, Value};
use std::collections::HashMap;
use std::io::{stdin, BufRead};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

type Clients = Arc<Mutex<HashMap<u64, Client>>>;

fn main() {
    let clients: Clients = Arc::default();
    for line in stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let clients = clients.clone();
        // Every call of the client blocks.
        thread::spawn(move || handle(&command, &clients));
    }
}

fn handle(command: &Value, clients: &Clients) {
    let session = command["session"].as_u64().unwrap();
    let text = |field: &str| command[field].as_str().unwrap().to_owned();
    let client = clients.lock().unwrap().get(&session).cloned();
    let done = match text("do").as_str() {
        "connect" => loop {
            // It reconnects by itself, but gives up the first connection; an application tries again.
            match connect(session, command) {
                Ok(client) => break Ok(drop(clients.lock().unwrap().insert(session, client))),
                Err(error) => print(session, "error", "text", error.to_string()),
            }
            thread::sleep(Duration::from_secs(1));
        },
        "ask" => {
            let ack = move |answer: Payload, _| {
                print(session, "ack", "text", first_text(&answer));
            };
            client.unwrap().emit_with_ack(text("event"), json!(text("text")), Duration::from_secs(60), ack)
        }
        "binary" => client.unwrap().emit("binary", STANDARD.decode(text("bytes")).unwrap()),
        _ => client.unwrap().disconnect(),
    };
    if let Err(error) = done {
        print(session, "error", "text", error.to_string());
    }
}

fn connect(session: u64, command: &Value) -> Result<Client, rust_socketio::Error> {
    let transports: Vec<&str> =
        command["transports"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let transport = match transports[..] {
        ["polling"] => TransportType::Polling,
        ["websocket"] => TransportType::Websocket,
        _ => TransportType::Any,
    };
    ClientBuilder::new(command["url"].as_str().unwrap())
        .transport_type(transport)
        .on(Event::Connect, move |_, _| print(session, "connect", "text", String::new()))
        .on(Event::Close, move |_, _| print(session, "disconnect", "text", String::new()))
        .on(Event::Error, move |error, _| print(session, "error", "text", first_text(&error)))
        .on("binary", move |payload, _| {
            if let Payload::Binary(bytes) = payload {
                print(session, "binary", "bytes", STANDARD.encode(bytes));
            }
        })
        .connect()
}

/// The first of the values, which an acknowledgement has once more in a list.
fn first_text(payload: &Payload) -> String {
    let Payload::Text(values) = payload else { return format!("{payload:?}") };
    let mut value = values.first().cloned().unwrap_or_default();
    while let Value::Array(inner) = &value {
        value = inner.first().cloned().unwrap_or_default();
    }
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn print(session: u64, on: &str, field: &str, value: String) {
    println!("{}", json!({"session": session, "on": on, field: value}));
}
