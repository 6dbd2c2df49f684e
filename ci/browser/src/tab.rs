//! One tab: it opens a page, is asked about it, and gets keys.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, mpsc::Receiver},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{connection::Connection, theme::Theme};

/// How long a page may take to load, to draw its diagrams, or to answer a key, on a busy computer.
const PATIENCE: Duration = Duration::from_secs(240);
/// What every page is asked with.
const IN_PAGE: &str = include_str!("in_page.js");

/// A tab in a context of its own.
pub struct Tab {
    connection: Arc<Connection>,
    session: String,
    events: Receiver<Value>,
    /// The script that chooses the theme of the next page.
    chooser: Option<String>,
}

/// A part of a page, in CSS pixels, and how many pixels of a picture each becomes.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Clip {
    /// From the left
    pub x: f64,
    /// From the top
    pub y: f64,
    /// To the right
    pub width: f64,
    /// Down
    pub height: f64,
    /// Pixels of the picture for each
    pub scale: f64,
}

/// What went on while a page was open.
#[derive(Debug, Default)]
pub struct Noise {
    /// Errors, as the console has them
    pub errors: Vec<String>,
    /// The addresses that were asked for
    pub requests: BTreeSet<String>,
}

impl Tab {
    pub(crate) fn open(connection: &Arc<Connection>) -> Result<Tab> {
        let context = connection.call(None, "Target.createBrowserContext", json!({}))?;
        let target = connection.call(
            None,
            "Target.createTarget",
            json!({ "url": "about:blank", "browserContextId": context["browserContextId"] }),
        )?;
        let attached = connection.call(
            None,
            "Target.attachToTarget",
            json!({ "targetId": target["targetId"], "flatten": true }),
        )?;
        let session = attached["sessionId"].as_str().context("the browser opens no tab")?.to_string();
        let events = connection.listen(&session);
        let tab = Tab { connection: Arc::clone(connection), session, events, chooser: None };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.call(&format!("{domain}.enable"), json!({}))?;
        }
        // Keys go to the focused tab, and here every tab is.
        tab.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }))?;
        // The page for printing opens the printing dialogue by itself.
        tab.before_each_page("window.print = () => {};")?;
        Ok(tab)
    }

    /// Asks this tab for `method`.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn call(&self, method: &str, parameters: Value) -> Result<Value> {
        self.connection.call(Some(&self.session), method, parameters)
    }

    fn before_each_page(&self, script: &str) -> Result<String> {
        let added = self.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }))?;
        Ok(added["identifier"].as_str().unwrap_or_default().to_string())
    }

    /// Pages that are opened from now on show themselves in `theme`.
    ///
    /// # Errors
    /// The browser is gone.
    pub fn choose(&mut self, theme: Theme) -> Result<()> {
        if let Some(identifier) = self.chooser.take() {
            self.call("Page.removeScriptToEvaluateOnNewDocument", json!({ "identifier": identifier }))?;
        }
        self.chooser =
            Some(self.before_each_page(&format!("localStorage.setItem('mdbook-theme', '{theme}');"))?);
        Ok(())
    }

    /// Makes the window `width` CSS pixels wide.
    ///
    /// # Errors
    /// The browser is gone.
    pub fn resize(&self, width: u32) -> Result<()> {
        let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", metrics).map(drop)
    }

    /// Opens `address`, and waits until it is loaded and its diagrams are drawn.
    ///
    /// # Errors
    /// There is no such page, or it takes too long.
    pub fn go(&self, address: &str) -> Result<Noise> {
        let mut noise = Noise::default();
        // What the last page still had to say is no longer of interest.
        while self.events.try_recv().is_ok() {}
        let answer = self.call("Page.navigate", json!({ "url": address }))?;
        if let Some(error) = answer["errorText"].as_str() {
            bail!("it does not open: {error}");
        }
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let event = self.events.recv_timeout(left).context("it does not load")?;
            noise.hear(&event);
            if event["method"] == "Page.loadEventFired" {
                break;
            }
        }
        self.evaluate(IN_PAGE)?;
        self.evaluate(&format!("inPage.settled({})", PATIENCE.as_millis()))?;
        self.overhear(&mut noise);
        Ok(noise)
    }

    /// Adds what has happened since to `noise`.
    pub fn overhear(&self, noise: &mut Noise) {
        while let Ok(event) = self.events.try_recv() {
            noise.hear(&event);
        }
    }

    /// The value of a JavaScript expression, awaited where it is a promise.
    ///
    /// # Errors
    /// It throws.
    pub fn evaluate(&self, expression: &str) -> Result<Value> {
        let mut answer = self.call(
            "Runtime.evaluate",
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true }),
        )?;
        if let Some(details) = answer.get("exceptionDetails") {
            bail!("{}", thrown(details));
        }
        Ok(answer["result"]["value"].take())
    }

    /// Waits until a JavaScript expression is true.
    ///
    /// # Errors
    /// It is not after four minutes.
    pub fn wait_for(&self, expression: &str) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        while self.evaluate(&format!("Boolean({expression})"))? != true {
            if Instant::now() > until {
                bail!("does not come true: {expression}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Presses a key and lets it go: a character, or a name such as `Escape`.
    ///
    /// # Errors
    /// The browser is gone.
    pub fn press(&self, key: &str) -> Result<()> {
        let character = key.chars().next().filter(|_| key.chars().count() == 1);
        let (code, number) = match (character, key) {
            (Some(digit @ '0'..='9'), _) => (format!("Digit{digit}"), digit as u32),
            (Some(letter), _) => {
                (format!("Key{}", letter.to_ascii_uppercase()), letter.to_ascii_uppercase() as u32)
            }
            (None, "Escape") => (key.to_string(), 27),
            (None, "Tab") => (key.to_string(), 9),
            (None, "Enter") => (key.to_string(), 13),
            (None, "ArrowLeft") => (key.to_string(), 37),
            (None, "ArrowRight") => (key.to_string(), 39),
            (None, "ArrowUp") => (key.to_string(), 38),
            (None, "ArrowDown") => (key.to_string(), 40),
            (None, _) => bail!("no key is called {key}"),
        };
        let mut event =
            json!({ "type": "keyDown", "key": key, "code": code, "windowsVirtualKeyCode": number });
        if let Some(character) = character {
            event["text"] = character.to_string().into();
        }
        if key == "Enter" {
            event["text"] = "\r".into();
        }
        self.call("Input.dispatchKeyEvent", event.clone())?;
        event["type"] = "keyUp".into();
        self.call("Input.dispatchKeyEvent", event).map(drop)
    }

    /// Types `text` where the focus is.
    ///
    /// # Errors
    /// The browser is gone.
    pub fn type_text(&self, text: &str) -> Result<()> {
        self.call("Input.insertText", json!({ "text": text })).map(drop)
    }

    /// Writes a picture of the whole page, as PNG.
    ///
    /// # Errors
    /// It cannot be made or written.
    pub fn picture(&self, path: &Path) -> Result<()> {
        let answer =
            self.call("Page.captureScreenshot", json!({ "format": "png", "captureBeyondViewport": true }))?;
        write_data(&answer, path)
    }

    /// Writes a picture of a part of the page, as PNG.
    ///
    /// # Errors
    /// It cannot be made or written.
    pub fn clip(&self, path: &Path, clip: &Clip) -> Result<()> {
        let parameters = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        write_data(&self.call("Page.captureScreenshot", parameters)?, path)
    }

    /// Prints the page into a PDF file.
    ///
    /// # Errors
    /// It cannot be made or written.
    pub fn print(&self, path: &Path) -> Result<()> {
        let paper = json!({
            "preferCSSPageSize": true,
            "printBackground": true,
            "generateTaggedPDF": true,
            "generateDocumentOutline": true,
        });
        write_data(&self.call("Page.printToPDF", paper)?, path)
    }
}

/// Writes the bytes that the browser's answer holds as base64.
fn write_data(answer: &Value, path: &Path) -> Result<()> {
    let bytes = BASE64_STANDARD.decode(answer["data"].as_str().unwrap_or_default()).context("no base64")?;
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

impl Noise {
    fn hear(&mut self, event: &Value) {
        let parameters = &event["params"];
        match event["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                self.requests.extend(parameters["request"]["url"].as_str().map(str::to_string));
            }
            Some("Runtime.exceptionThrown") => self.errors.push(thrown(&parameters["exceptionDetails"])),
            Some("Runtime.consoleAPICalled") if parameters["type"] == "error" => {
                let said = parameters["args"].as_array().into_iter().flatten();
                let said = said.map(|argument| {
                    match argument.get("value").or_else(|| argument.get("description")) {
                        Some(Value::String(text)) => text.clone(),
                        other => other.cloned().unwrap_or_default().to_string(),
                    }
                });
                self.errors.push(said.collect::<Vec<_>>().join(" "));
            }
            Some("Log.entryAdded") if parameters["entry"]["level"] == "error" => {
                let (text, place) = (&parameters["entry"]["text"], &parameters["entry"]["url"]);
                self.errors.push(format!(
                    "{} {}",
                    text.as_str().unwrap_or("?"),
                    place.as_str().unwrap_or_default()
                ));
            }
            _ => {}
        }
    }
}

/// What a script has thrown, in a line.
fn thrown(details: &Value) -> String {
    let description = details["exception"]["description"].as_str().or_else(|| details["text"].as_str());
    description.unwrap_or("a script throws something").lines().next().unwrap_or_default().to_string()
}
