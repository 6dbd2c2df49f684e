//! The Chrome DevTools protocol: JSON, each message ended by a zero byte. Messages are kept as JSON values: a typed
//! protocol is that of one version of the browser, and loses what the next one adds.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader, Write},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// How long the browser may take for an answer. The longest is that of accessibility for the longest page, on a busy
/// computer.
const PATIENCE: Duration = Duration::from_secs(240);

/// One connection for all tabs.
pub struct Connection {
    output: Mutex<File>,
    next: AtomicU64,
    waiting: Mutex<HashMap<u64, Sender<Value>>>,
    listening: Mutex<HashMap<String, Sender<Value>>>,
}

impl Connection {
    /// Talks to the browser that writes to `input` and reads from `output`.
    pub fn new(input: File, output: File) -> Arc<Connection> {
        let connection = Arc::new(Connection {
            output: Mutex::new(output),
            next: AtomicU64::new(1),
            waiting: Mutex::default(),
            listening: Mutex::default(),
        });
        let hearing = Arc::clone(&connection);
        thread::spawn(move || hearing.hear(BufReader::new(input)));
        connection
    }

    /// Asks for `method`, of the tab whose session is named or of the browser, and waits for the answer.
    ///
    /// # Errors
    /// The browser refuses, is gone, or takes too long.
    pub fn call(&self, session: Option<&str>, method: &str, parameters: Value) -> Result<Value> {
        // Relaxed: all that matters is that no two calls get the same number.
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let (sender, answer) = channel();
        locked(&self.waiting).insert(id, sender);
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        locked(&self.output).write_all(&bytes).context("the browser is gone")?;
        let mut answer = answer.recv_timeout(PATIENCE).with_context(|| format!("{method}: no answer"))?;
        if let Some(error) = answer.get("error") {
            bail!("{method}: {}", error["message"].as_str().unwrap_or("refused"));
        }
        Ok(answer["result"].take())
    }

    /// What happens in the tab whose session is named, from now on.
    pub fn listen(&self, session: &str) -> Receiver<Value> {
        let (sender, events) = channel();
        locked(&self.listening).insert(session.to_string(), sender);
        events
    }

    /// Hands each message to whoever waits for it, until the browser is gone.
    fn hear(&self, mut input: impl BufRead) {
        let mut bytes = Vec::new();
        while input.read_until(0, &mut bytes).is_ok_and(|read| read > 0) {
            let message: Value =
                serde_json::from_slice(bytes.strip_suffix(&[0]).unwrap_or(&bytes)).unwrap_or_default();
            bytes.clear();
            // Whoever has stopped waiting or listening needs nothing.
            if let Some(sender) = message["id"].as_u64().and_then(|id| locked(&self.waiting).remove(&id)) {
                drop(sender.send(message));
            } else if let Some(sender) = message["sessionId"]
                .as_str()
                .and_then(|session| locked(&self.listening).get(session).cloned())
            {
                drop(sender.send(message));
            }
        }
        locked(&self.waiting).clear();
        locked(&self.listening).clear();
    }
}

/// What the lock holds: each change under these locks is whole, whatever became of the thread that made it.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
