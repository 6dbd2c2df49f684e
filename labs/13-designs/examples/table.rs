//! Prints the table of lab 13: every design, as it is, through every scenario.

fn main() {
    print!("{}", designs::table::text());
}
