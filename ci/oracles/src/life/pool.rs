//! Child processes that orders are given to, so that a module can end its process and no more than that.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

use super::outcome::{Life, Outcome};
use super::plan::Order;

/// A child is replaced after so many orders: the stacks of killed tasks are never given back.
const ORDERS: usize = 200;

/// How the children are started.
pub struct Pool {
    pub symvers: PathBuf,
    pub tree: PathBuf,
    pub with_log: bool,
    pub workers: usize,
    pub patience: Duration,
}

impl Pool {
    /// Has every order done.
    pub fn run(&self, orders: Vec<Order>) -> anyhow::Result<Vec<Life>> {
        let progress = ProgressBar::new(orders.len() as u64);
        progress.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {eta} {msg}")?);
        let waiting = Mutex::new(orders.into_iter());
        let done = Mutex::new(Vec::new());
        thread::scope(|scope| {
            let work = || -> anyhow::Result<()> {
                let mut child = None;
                while let Some(order) = lock(&waiting).next() {
                    progress.set_message(order.name.clone());
                    let life = self.one(&mut child, &order)?;
                    if matches!(life.outcome, Outcome::Crashed { .. } | Outcome::Hung) {
                        progress.suspend(|| eprintln!("{}: {}", life.name, life.outcome));
                    }
                    lock(&done).push(life);
                    progress.inc(1);
                }
                Ok(())
            };
            let threads: Vec<_> = (0..self.workers).map(|_| scope.spawn(work)).collect();
            threads
                .into_iter()
                .try_for_each(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })?;
        progress.finish_and_clear();
        Ok(done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Has one order done, by the child that is there or by a new one.
    fn one(&self, slot: &mut Option<Worker>, order: &Order) -> anyhow::Result<Life> {
        let mut worker = match slot.take().filter(|worker| worker.orders < ORDERS) {
            Some(worker) => worker,
            None => self.start()?,
        };
        worker.orders += 1;
        let asked = writeln!(worker.orders_in, "{}", serde_json::to_string(order)?);
        let answer = match asked {
            Ok(()) => worker.lives.recv_timeout(self.patience),
            Err(_) => Err(RecvTimeoutError::Disconnected),
        };
        match answer.map(|line| serde_json::from_str(&line)) {
            Ok(Ok(life)) => {
                *slot = Some(worker);
                Ok(life)
            }
            Ok(Err(nonsense)) => {
                Ok(Life::lost(&order.name, Outcome::Crashed { status: format!("its answer: {nonsense}") }))
            }
            Err(RecvTimeoutError::Timeout) => Ok(Life::lost(&order.name, Outcome::Hung)),
            Err(RecvTimeoutError::Disconnected) => {
                let status = worker.child.wait()?.to_string();
                Ok(Life::lost(&order.name, Outcome::Crashed { status }))
            }
        }
    }

    fn start(&self) -> anyhow::Result<Worker> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("life-child").arg(&self.symvers).arg(&self.tree);
        if self.with_log {
            command.arg("--log");
        } else {
            command.stderr(Stdio::null());
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let orders_in = child.stdin.take().context("the child's input")?;
        let output = child.stdout.take().context("the child's output")?;
        let (sender, lives) = mpsc::channel();
        thread::spawn(move || {
            // Ends when the child does, or when nobody listens any more.
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Worker { child, orders_in, lives, orders: 0 })
    }
}

/// A child that is up.
struct Worker {
    child: Child,
    orders_in: ChildStdin,
    lives: Receiver<String>,
    orders: usize,
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nobody to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
