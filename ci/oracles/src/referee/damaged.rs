//! Damaged modules to ask about: real ones, small and large, that need no others.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use referee::Order;
use specimens::damage::damages;

use super::{Options, ours::Loader};
use crate::life::plan::Plan;

/// A module of this many bytes is large enough to have something of everything; larger ones only take longer.
const LARGEST: u64 = 120_000;

/// So many damages of one module are looked through.
const MOST: usize = 20_000;

/// Writes the damaged files into `folder`.
pub fn orders(options: &Options, loader: &Loader, folder: &Path) -> anyhow::Result<Vec<Order>> {
    let mut plan = Plan::new(&options.directory)?;
    plan.orders.retain(|order| {
        let size = |file| fs::metadata(file).map_or(u64::MAX, |data| data.len());
        order.files.len() == 1 && order.files.first().is_some_and(|file| size(file) < LARGEST)
    });
    let step = (plan.orders.len() / options.bases.max(1)).max(1);
    let bases: Vec<_> = plan.orders.into_iter().step_by(step).take(options.bases).collect();
    ensure!(!bases.is_empty(), "there is no module to damage");
    let share =
        |count: usize, number: usize| count * (number + 1) / bases.len() - count * number / bases.len();
    let mut orders = Vec::new();
    for (number, base) in bases.iter().enumerate() {
        let path = base.files.first().context("a module without a file")?;
        let file = loader::files::read_module(path)?;
        // Each base has its own seed, so that not all of them are damaged alike.
        let seed = options.seed.wrapping_mul(1000).wrapping_add(number as u64);
        let mut wanted = [share(options.damaged, number), share(options.hostile, number)];
        for (count, damaged) in damages(&file, seed).take(MOST).enumerate() {
            let left = &mut wanted[usize::from(loader.is_stricter(&damaged.bytes))];
            if *left > 0 {
                *left -= 1;
                let path = folder.join(format!("{}-{seed}-{count}-{}.ko", base.name, damaged.kind));
                fs::write(&path, &damaged.bytes).with_context(|| path.display().to_string())?;
                let name =
                    format!("{} seed {seed} number {count} {}: {}", base.name, damaged.kind, damaged.what);
                orders.push(Order { name, ..Order::alone(path) });
            }
            if wanted == [0; 2] {
                break;
            }
        }
    }
    Ok(orders)
}
