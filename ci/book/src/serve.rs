//! A web server for one reader: the built book on this machine's own address, and a line that stays open for
//! telling the pages to reload.

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Component, Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// The longest request line that is read.
const LONGEST_REQUEST: u64 = 8 << 10;
/// Where a page asks to be told of changes.
const CHANGES: &str = "/-changes";
/// What is added to every page.
const LISTENER: &str = "<script>new EventSource('/-changes').onmessage = () => location.reload();</script>";

/// The book in `folder`, answered at `listener` until the process ends; each new value of `built` reloads the pages.
pub fn serve(listener: &TcpListener, folder: &Path, built: &Arc<AtomicU64>) {
    for stream in listener.incoming().flatten() {
        let (folder, built) = (folder.to_path_buf(), Arc::clone(built));
        // A reader who closes the page ends the answer: nothing to report.
        thread::spawn(move || drop(answer(stream, &folder, &built)));
    }
}

fn answer(mut stream: TcpStream, folder: &Path, built: &AtomicU64) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut line = String::new();
    BufReader::new(Read::take(&stream, LONGEST_REQUEST)).read_line(&mut line)?;
    let target = line.strip_prefix("GET ").and_then(|rest| rest.split(' ').next());
    match target.map(|target| target.split(['?', '#']).next().unwrap_or_default()) {
        None => respond(&mut stream, "405 Method Not Allowed", "text/plain", b"Only GET.\n"),
        Some(CHANGES) => tell_changes(&mut stream, built),
        Some(target) => match page(folder, target) {
            Some(path) => send(&mut stream, &path),
            None => respond(&mut stream, "404 Not Found", "text/plain", b"There is no such page.\n"),
        },
    }
}

/// The file that `target` names below `folder`, and nothing outside it.
fn page(folder: &Path, target: &str) -> Option<PathBuf> {
    let below = PathBuf::from(decode(target.strip_prefix('/')?)?);
    let inside = below.components().all(|part| matches!(part, Component::Normal(_)));
    let path = folder.join(&below);
    let path = if path.is_dir() { path.join("index.html") } else { path };
    (inside && path.is_file()).then_some(path)
}

/// Takes `%41` and its like apart.
fn decode(target: &str) -> Option<String> {
    let mut bytes = target.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok().filter(|decoded| !decoded.contains('\0'))
}

fn send(stream: &mut TcpStream, path: &Path) -> io::Result<()> {
    let mut bytes = fs::read(path)?;
    let kind = match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => {
            bytes.extend_from_slice(LISTENER.as_bytes());
            "text/html; charset=utf-8"
        }
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    respond(stream, "200 OK", kind, &bytes)
}

fn respond(stream: &mut TcpStream, status: &str, kind: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(body)
}

/// Keeps the line open, and says a word on it whenever the book has been built again.
fn tell_changes(stream: &mut TcpStream, built: &AtomicU64) -> io::Result<()> {
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\r\n")?;
    // Relaxed, here and where it is counted up: the number says only that something is new, and the files that
    // are new are read from the file system, which orders its own writes and reads.
    let seen = built.load(Ordering::Relaxed);
    while built.load(Ordering::Relaxed) == seen {
        thread::sleep(Duration::from_millis(200));
        write!(stream, ": still here\n\n")?;
    }
    write!(stream, "data: reload\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(files: &[(&str, &str)]) -> (tempfile::TempDir, std::net::SocketAddr, Arc<AtomicU64>) {
        let folder = tempfile::tempdir().unwrap();
        let book = folder.path().join("book");
        fs::create_dir_all(&book).unwrap();
        fs::write(folder.path().join("secret.txt"), "secret").unwrap();
        for (name, text) in files {
            fs::write(book.join(name), text).unwrap();
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, built) = (listener.local_addr().unwrap(), Arc::new(AtomicU64::new(0)));
        let counted = Arc::clone(&built);
        thread::spawn(move || serve(&listener, &book, &counted));
        (folder, address, built)
    }

    fn ask(address: std::net::SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn a_page_is_served_with_the_listener_that_reloads_it() {
        let (_folder, address, _) = served(&[("index.html", "<p>hello</p>"), ("a b.css", "x{}")]);
        let page = ask(address, "GET / HTTP/1.1\r\n\r\n");
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
        assert!(page.ends_with(&format!("<p>hello</p>{LISTENER}")), "{page}");
        let style = ask(address, "GET /a%20b.css?x HTTP/1.1\r\n\r\n");
        assert!(style.contains("text/css") && style.ends_with("\r\n\r\nx{}"), "{style}");
    }

    #[test]
    fn nothing_outside_the_book_is_served() {
        let (_folder, address, _) = served(&[]);
        for target in
            ["/../secret.txt", "/%2e%2e/secret.txt", "//etc/passwd", "/%00", "/%zz", "/%", "x", "/none.html"]
        {
            let answer = ask(address, &format!("GET {target} HTTP/1.1\r\n\r\n"));
            assert!(answer.starts_with("HTTP/1.1 404"), "{target}: {answer}");
        }
        assert!(ask(address, "POST / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405"));
    }

    #[test]
    fn a_page_that_listens_is_told_when_the_book_was_built_again() {
        let (_folder, address, built) = served(&[]);
        let asked = thread::spawn(move || ask(address, "GET /-changes HTTP/1.1\r\n\r\n"));
        thread::sleep(Duration::from_millis(500));
        built.fetch_add(1, Ordering::Relaxed);
        assert!(asked.join().unwrap().ends_with("data: reload\n\n"));
    }
}
