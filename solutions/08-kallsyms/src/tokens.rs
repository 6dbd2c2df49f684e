//! The 256 tokens that names are written in: every code that no name uses as a letter stands for two others, the pair
//! that occurs most often. The kernel does this when it is built: `scripts/kallsyms.c, optimize_token_table`.

/// What the codes stand for; nothing, where the names ran out of pairs before the codes ran out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    texts: Vec<Vec<u8>>,
}

impl Tokens {
    /// What `code` stands for, written out.
    pub fn text(&self, code: u8) -> &[u8] {
        self.texts.get(usize::from(code)).map_or(&[], Vec::as_slice)
    }

    /// Whether `code` stands for nothing yet.
    pub fn is_free(&self, code: u8) -> bool {
        self.text(code).is_empty()
    }

    /// Lets `code` stand for what the two codes of `pair` stand for.
    pub fn set(&mut self, code: u8, pair: [u8; 2]) {
        let text = pair.map(|code| self.text(code)).concat();
        self.texts.get_mut(usize::from(code)).into_iter().for_each(|old| old.clone_from(&text));
    }

    /// Every code that occurs in `symbols` stands for itself (`insert_real_symbols_in_table`).
    fn of_real_symbols(symbols: &[Vec<u8>]) -> Tokens {
        let mut occurs = [false; 256];
        for &code in symbols.iter().flatten() {
            occurs.get_mut(usize::from(code)).into_iter().for_each(|occurs| *occurs = true);
        }
        let text = |(code, occurs)| if occurs { vec![code] } else { Vec::new() };
        Tokens { texts: (0..=u8::MAX).zip(occurs).map(text).collect() }
    }
}

/// How often each pair of codes occurs (`token_profit`); of pairs that overlap each is counted.
#[derive(Debug, Clone)]
pub struct Profit {
    /// By the second code.
    rows: Vec<Row>,
}

/// The pairs with one second code.
#[derive(Debug, Clone)]
struct Row {
    /// How many there are: a row without any need not be searched.
    total: u32,
    /// By the first code.
    counts: [u32; 256],
}

impl Profit {
    /// The counts of `symbols` (`build_initial_tok_table`).
    pub fn of(symbols: &[Vec<u8>]) -> Profit {
        let mut profit = Profit { rows: vec![Row { total: 0, counts: [0; 256] }; 256] };
        symbols.iter().for_each(|symbol| profit.learn(symbol));
        profit
    }

    // ANCHOR: best
    /// The pair that occurs most often: of several, the one with the lowest second code, and of those the one with
    /// the lowest first (`find_best_token`). `None` where no symbol has two codes left.
    pub fn best(&self) -> Option<[u8; 2]> {
        let (mut best, mut most) = (None, 0);
        for (second, row) in (0..=u8::MAX).zip(&self.rows) {
            if row.total <= most {
                continue;
            }
            for (first, &count) in (0..=u8::MAX).zip(&row.counts) {
                if count > most {
                    (best, most) = (Some([first, second]), count);
                }
            }
        }
        best
    }
    // ANCHOR_END: best

    /// Counts the pairs of `symbol`.
    fn learn(&mut self, symbol: &[u8]) {
        self.count(symbol, 1);
    }

    /// Takes the pairs of `symbol`, which has been learnt, out of the counts.
    fn forget(&mut self, symbol: &[u8]) {
        self.count(symbol, -1);
    }

    fn count(&mut self, symbol: &[u8], by: i32) {
        for pair in symbol.windows(2) {
            let &[first, second] = pair else { continue };
            let Some(row) = self.rows.get_mut(usize::from(second)) else { continue };
            row.total = row.total.saturating_add_signed(by);
            row.counts
                .get_mut(usize::from(first))
                .into_iter()
                .for_each(|count| *count = count.saturating_add_signed(by));
        }
    }
}

/// Writes `symbols` in fewer codes, and says what the codes stand for.
///
/// The codes are given out from 255 down to 0, so that 0 is the last to be used. One that already stands for
/// something, because a name has it as a letter, is passed over. Each of the others gets the pair that occurs most
/// often at that moment ([`Profit::best`], [`Tokens::set`]), and at once the pair is replaced by it in every symbol
/// ([`compress_symbol`]), which changes what occurs most often next. Where no pair is left the work is done, and
/// the remaining codes stay free.
pub fn optimize_token_table(symbols: &mut [Vec<u8>]) -> Tokens {
    let mut tokens = Tokens::of_real_symbols(symbols);
    let mut profit = Profit::of(symbols);
    // ANCHOR: task_optimize_result
    for code in (0..=u8::MAX).rev() {
        if !tokens.is_free(code) {
            continue;
        }
        let Some(pair) = profit.best() else { break };
        tokens.set(code, pair);
        symbols.iter_mut().for_each(|symbol| compress_symbol(symbol, pair, code, &mut profit));
    }
    tokens
    // ANCHOR_END: task_optimize_result
}

// ANCHOR: compress_symbol
/// Replaces `pair` in one symbol by `code`, from left to right, and keeps `profit` right (`compress_symbols`).
pub fn compress_symbol(symbol: &mut Vec<u8>, pair: [u8; 2], code: u8, profit: &mut Profit) {
    if !symbol.windows(2).any(|two| two == pair) {
        return;
    }
    profit.forget(symbol);
    let mut written = Vec::with_capacity(symbol.len());
    let mut rest = symbol.as_slice();
    while let [first, tail @ ..] = rest {
        let behind = rest.strip_prefix(&pair);
        written.push(if behind.is_some() { code } else { *first });
        rest = behind.unwrap_or(tail);
    }
    *symbol = written;
    profit.learn(symbol);
}
// ANCHOR_END: compress_symbol
