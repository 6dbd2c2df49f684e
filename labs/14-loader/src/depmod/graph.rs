//! Who needs whom, and an order in which everybody comes before what he needs.
//! kmod 30, tools/depmod.c, depmod_calculate_dependencies.

use std::collections::HashMap;

use bstr::BStr;

use super::Facts;

/// Modules are known by their position in the list of modules.
pub struct Graph<'a> {
    /// Which module exports a symbol; of several, the last one.
    pub owners: HashMap<&'a BStr, usize>,
    /// The modules that each module needs, in the order in which it first names one of their symbols.
    needs: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    /// Looks up every needed symbol; those that nobody exports are the kernel's.
    pub fn new(facts: &'a [Facts]) -> Graph<'a> {
        let exports =
            facts.iter().enumerate().flat_map(|(at, facts)| facts.exports.iter().map(move |name| (name, at)));
        let owners: HashMap<_, _> = exports.collect();
        let needs = facts.iter().map(|facts| {
            let mut needed = Vec::new();
            for owner in facts.needs.iter().filter_map(|name| owners.get(name)) {
                if !needed.contains(owner) {
                    needed.push(*owner);
                }
            }
            needed
        });
        Graph { needs: needs.collect(), owners }
    }

    /// The place of each module in an order where nobody comes before one who needs him. It starts with
    /// those whom nobody needs, the last of them first, and goes on with whom each of them was the last to need.
    ///
    /// # Errors
    /// Modules that need each other in a circle; the first one stands at the end again.
    pub fn sort_topologically(&self) -> Result<Vec<usize>, Vec<usize>> {
        let mut users = vec![0usize; self.needs.len()];
        for &needed in self.needs.iter().flatten() {
            if let Some(users) = users.get_mut(needed) {
                *users += 1;
            }
        }
        let mut ready: Vec<usize> =
            (0..users.len()).filter(|&module| users.get(module) == Some(&0)).collect();
        let mut places = vec![usize::MAX; users.len()];
        let mut sorted = 0;
        while let Some(module) = ready.pop() {
            if let Some(place) = places.get_mut(module) {
                *place = sorted;
            }
            sorted += 1;
            for &needed in self.needs_of(module) {
                if let Some(users) = users.get_mut(needed) {
                    *users -= 1;
                    ready.extend((*users == 0).then_some(needed));
                }
            }
        }
        if sorted == places.len() { Ok(places) } else { Err(self.circle(&places)) }
    }

    /// Everything that a module needs, and what that needs in turn, by place in `order`.
    pub fn needs_in_all(&self, module: usize, order: &[usize]) -> Vec<usize> {
        let mut all: Vec<usize> = self.needs_of(module).to_vec();
        let mut seen: Vec<bool> = vec![false; order.len()];
        let mut at = 0;
        all.iter().for_each(|&needed| mark(&mut seen, needed));
        while let Some(&next) = all.get(at) {
            at += 1;
            for &needed in self.needs_of(next) {
                if seen.get(needed) == Some(&false) {
                    mark(&mut seen, needed);
                    all.push(needed);
                }
            }
        }
        all.sort_by_key(|&needed| order.get(needed).copied());
        all
    }

    fn needs_of(&self, module: usize) -> &[usize] {
        self.needs.get(module).map(Vec::as_slice).unwrap_or_default()
    }

    /// A circle among the modules that found no place. Each of them is needed by another one; going from
    /// one to a user again and again must come back to where one has been.
    fn circle(&self, places: &[usize]) -> Vec<usize> {
        let stuck = |module: usize| places.get(module) == Some(&usize::MAX);
        let user_of = |needed: usize| {
            (0..places.len()).find(|&module| stuck(module) && self.needs_of(module).contains(&needed))
        };
        let mut way: Vec<usize> = (0..places.len()).find(|&module| stuck(module)).into_iter().collect();
        while let Some(user) = way.last().and_then(|&last| user_of(last)) {
            let been_there = way.iter().position(|&module| module == user);
            way.push(user);
            if let Some(start) = been_there {
                way.drain(..start);
                break;
            }
        }
        way.reverse();
        way
    }
}

fn mark(seen: &mut [bool], module: usize) {
    if let Some(seen) = seen.get_mut(module) {
        *seen = true;
    }
}
