cargo run -q -p designs --example table
